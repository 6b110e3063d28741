/** Records of tasks with one mistake, as a newcomer might write them. */
import { assertEquals } from "@std/assert";
import { findFile, readExamples } from "../../lib/input/files.ts";
import type { Layout } from "../../lib/input/readers.ts";
import type { Random } from "../../lib/base/random.ts";
import { checkTask, type Task } from "../../lib/train/task.ts";
import { tasks } from "../../lib/tasks.ts";
import { sample } from "../input/official.ts";
import { attempt, fuzz, type Kind } from "./fuzz.ts";
import { names, pick } from "./mutate.ts";

/** A record and the word in it that is wrong. */
type Mistaken = readonly [task: Task, wrong: string];

/** A word with a letter doubled, lost or in the wrong place, or another word. */
function mistyped(word: string, random: Random): string {
  const at = random.integer(word.length);
  const changed = pick(random, [
    word.slice(0, at) + word[at] + word.slice(at),
    word.slice(0, at) + word.slice(at + 1),
    `${word}s`,
    pick(random, names.filter((name) => /^\w+$/.test(name))),
  ]);
  return changed.toLowerCase() === word.toLowerCase() || changed === "" ? `${word}x` : changed;
}

function inLayout(
  task: Task,
  random: Random,
  change: (layout: Layout) => [Layout, string],
): Mistaken {
  const split = pick(random, Object.keys(task.splits));
  const source = task.splits[split]!;
  const [layout, wrong] = change(source.layout);
  return [{ ...task, splits: { ...task.splits, [split]: { ...source, layout } } }, wrong];
}

const mistakes: readonly ((task: Task, random: Random) => Mistaken)[] = [
  (task, random) =>
    inLayout(task, random, (layout) => {
      const fields = ["premise", "hypothesis", "target"] as const;
      const field = pick(random, fields.filter((field) => layout[field] !== undefined));
      const wrong = mistyped(layout[field]!, random);
      return [{ ...layout, [field]: wrong }, wrong];
    }),
  (task, random) =>
    inLayout(task, random, (layout) => {
      const wrong = mistyped(task.labels[0] ?? "score", random);
      return [{ ...layout, words: { ...layout.words, yes: wrong } }, wrong];
    }),
  (task, random) => {
    const wrong = mistyped(task.evaluated[0], random);
    return [{ ...task, evaluated: [wrong] }, wrong];
  },
  (task, random) => {
    const wrong = mistyped(task.headOf, random);
    return [{ ...task, headOf: wrong }, wrong];
  },
  (task, random) => {
    const wrong = pick(random, [-0.1, 1, 5, "0.1"]);
    return [{ ...task, dropout: wrong as number }, String(wrong)];
  },
  (task) => {
    const [metric] = task.labels.length === 2 ? [undefined] : tasks.mrpc.metrics.slice(1);
    const metrics = [...task.metrics, metric] as unknown as Task["metrics"];
    return [{ ...task, metrics }, metric?.name ?? "missing"];
  },
  (task) => [{ ...task, labels: [...task.labels, "new", "new"] }, "new"],
  (task) => {
    const head = task.labels.length === 0 ? tasks.rte.head : tasks.stsb.head;
    return [{ ...task, head }, head.name];
  },
];

/** Reads all files of a task that are there, as preparing would. */
async function readTask(task: Task): Promise<void> {
  checkTask(task, Object.keys(tasks));
  for (const source of Object.values(task.splits)) {
    const found = await findFile(sample.path, source.candidates).catch(() => null);
    if (found) await readExamples(sample.path, source, task.labels);
  }
}

/** Whether the mistake is in a file that the project's own rows don't have. */
async function isUnread(task: Task): Promise<boolean> {
  const there = await Promise.all(
    Object.values(task.splits).map(({ candidates }) =>
      findFile(sample.path, candidates).then(() => true, () => false)
    ),
  );
  return there.includes(false);
}

export const kinds: Readonly<Record<string, Kind>> = {
  "records of tasks": {
    count: 600,
    open: () => ({
      input: async (random, number) => {
        const all = Object.values<Task>(tasks);
        const task = all[number % all.length]!;
        const [mistaken, wrong] = pick(random, mistakes)(task, random);
        await attempt([wrong], () => readTask(mistaken));
        assertEquals(await isUnread(mistaken), true, `${task.name}: nobody noticed "${wrong}"`);
      },
    }),
  },
};

fuzz(import.meta.url, kinds);
