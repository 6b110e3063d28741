import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { createRandom } from "../../lib/base/random.ts";
import { countSteps, type Mixing, planEpoch, type Slot } from "../../lib/input/sampling.ts";
import { reference } from "./official.ts";

const batches = { mnli: 9, sst2: 5, stsb: 2, qnli: 2 };
const random = createRandom(2018);
const plan = (mixing: Mixing, epoch = 0, epochs = 3, of: Record<string, number> = batches) =>
  planEpoch(of, mixing, { random, epoch, epochs });

function counts(slots: readonly Slot[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { task } of slots) found[task] = (found[task] ?? 0) + 1;
  return found;
}

function batchesOf(slots: readonly Slot[], task: string): number[] {
  return slots.filter((slot) => slot.task === task).map(({ batch }) => batch);
}

Deno.test("planEpoch() runs every batch of every task once under Algorithm 1", () => {
  for (let epoch = 0; epoch < 3; epoch++) {
    const slots = plan({ mode: "all" }, epoch);
    assertEquals(counts(slots), batches);
    for (const [task, n] of Object.entries(batches)) {
      assertEquals(batchesOf(slots, task).toSorted((a, b) => a - b), [...Array(n).keys()]);
    }
  }
});

Deno.test("planEpoch() mixes the tasks and shuffles each task's batches, anew each epoch", () => {
  const first = plan({ mode: "all" }, 0);
  const second = plan({ mode: "all" }, 1);
  const tasks = (slots: Slot[]) => slots.map(({ task }) => task);
  assertNotEquals(tasks(first), tasks(second));
  assertNotEquals(batchesOf(first, "mnli"), batchesOf(second, "mnli"));
  assertNotEquals(batchesOf(first, "mnli"), [...Array(9).keys()]);
  assertEquals(new Set(tasks(first).slice(0, 9)).size > 1, true);
});

Deno.test("planEpoch() plans an epoch alike whether or not others were planned before", () => {
  const later = plan({ mode: "all" }, 2);
  const fresh = planEpoch(batches, { mode: "all" }, { random: createRandom("2018"), epoch: 2 });
  assertEquals(fresh, later);
});

Deno.test("planEpoch() leaves a task's own order alone when another task joins", () => {
  const alone = plan({ mode: "all" }, 0, 3, { mnli: 9 });
  assertEquals(batchesOf(alone, "mnli"), batchesOf(plan({ mode: "all" }), "mnli"));
});

Deno.test("planEpoch() puts the extras before the main task under mix", () => {
  const slots = plan({ mode: "mix", main: "mnli" });
  assertEquals(counts(slots), batches);
  assertEquals(slots.slice(9).every(({ task }) => task === "mnli"), true);
  assertEquals(slots.slice(0, 9).some(({ task }) => task === "mnli"), false);
});

Deno.test("planEpoch() draws extras without replacement under ratio", () => {
  const drawn = new Set<string>();
  for (let epoch = 0; epoch < 40; epoch++) {
    const slots = plan({ mode: "ratio", main: "mnli", ratio: 0.5 }, epoch);
    assertEquals(slots.length, 9 + 4);
    assertEquals(counts(slots)["mnli"], 9);
    assertEquals(new Set(slots.map(({ task, batch }) => `${task}/${batch}`)).size, 13);
    for (const { task, batch } of slots) if (task !== "mnli") drawn.add(`${task}/${batch}`);
  }
  assertEquals(drawn.size, 9);
});

Deno.test("planEpoch() can put the drawn extras first, and takes all when there are too few", () => {
  const slots = plan({ mode: "ratio", main: "mnli", ratio: 10, order: "extras first" });
  assertEquals(counts(slots), batches);
  assertEquals(slots.slice(9).every(({ task }) => task === "mnli"), true);
});

Deno.test("planEpoch() equals Algorithm 1 at temperature 1 and flattens above it", () => {
  assertEquals(plan({ mode: "temperature", temperature: 1 }), plan({ mode: "all" }));
  // Shares by n^(1/2): 3, 2.236, 1.414, 1.414 of 8.064, times 18: 6.70, 4.99, 3.16, 3.16.
  assertEquals(counts(plan({ mode: "temperature", temperature: 2 })), {
    mnli: 7,
    sst2: 5,
    stsb: 3,
    qnli: 3,
  });
});

Deno.test("planEpoch() anneals from the natural shares to nearly equal ones", () => {
  assertEquals(counts(plan({ mode: "annealed" }, 0)), batches);
  // Shares by n^0.2 in the last epoch: 1.552, 1.380, 1.149, 1.149 of 5.229, times 18.
  assertEquals(counts(plan({ mode: "annealed" }, 2)), { mnli: 5, sst2: 5, stsb: 4, qnli: 4 });
  assertEquals(counts(plan({ mode: "annealed" }, 0, 1)), batches);
});

Deno.test("planEpoch() gives every task the same share under uniform, around its batches", () => {
  const slots = plan({ mode: "uniform", steps: 20 });
  assertEquals(counts(slots), { mnli: 5, sst2: 5, stsb: 5, qnli: 5 });
  const stsb = batchesOf(slots, "stsb");
  // Two whole rounds of both batches, then one of a third round.
  assertEquals(stsb.slice(0, 2).toSorted(), [0, 1]);
  assertEquals(stsb.slice(2, 4).toSorted(), [0, 1]);
  assertEquals(new Set(batchesOf(slots, "mnli")).size, 5);
});

Deno.test("planEpoch() takes at most the cap of each task", () => {
  assertEquals(counts(plan({ mode: "capped", cap: 3 })), { mnli: 3, sst2: 3, stsb: 2, qnli: 2 });
});

Deno.test("planEpoch() leaves out a task without batches", () => {
  const of = { mnli: 3, rte: 0 };
  const modes: Mixing[] = [
    { mode: "all" },
    { mode: "uniform", steps: 3 },
    { mode: "ratio", main: "mnli", ratio: 1 },
  ];
  for (const mixing of modes) assertEquals(counts(plan(mixing, 0, 1, of)), { mnli: 3 });
});

Deno.test("countSteps() tells the length of every epoch beforehand", () => {
  const modes: Mixing[] = [
    { mode: "all" },
    { mode: "mix", main: "sst2" },
    { mode: "ratio", main: "mnli", ratio: 0.37 },
    { mode: "ratio", main: "stsb", ratio: 3 },
    { mode: "temperature", temperature: 5 },
    { mode: "annealed", steps: 7 },
    { mode: "capped", cap: 4 },
    { mode: "uniform" },
  ];
  for (const mixing of modes) {
    for (let epoch = 0; epoch < 3; epoch++) {
      assertEquals(plan(mixing, epoch).length, countSteps(batches, mixing));
    }
  }
});

Deno.test("planEpoch() plans a task of hundreds of thousands of batches", () => {
  assertEquals(plan({ mode: "all" }, 0, 1, { mnli: 300_000, rte: 10 }).length, 300_010);
});

Deno.test("planEpoch() refuses a mixture without meaning and says what it expected", () => {
  const refused: [Mixing, string][] = [
    [{ mode: "mix", main: "squad" }, 'main task "squad": expected one of mnli, sst2, stsb, qnli'],
    [{ mode: "ratio", main: "mnli", ratio: -1 }, "ratio -1: expected 0 or more"],
    [{ mode: "temperature", temperature: 0 }, "temperature 0: expected more than 0"],
    [{ mode: "capped", cap: 0 }, "cap 0: expected a whole number above 0"],
    [{ mode: "uniform", steps: 1.5 }, "steps 1.5: expected a whole number above 0"],
  ];
  for (const [mixing, message] of refused) {
    assertThrows(() => plan(mixing), RangeError, message);
  }
  assertThrows(
    () => plan({ mode: "all" }, 0, 1, { mnli: 2.5 }),
    RangeError,
    'batches of "mnli" 2.5',
  );
});

interface Run {
  readonly name: string;
  readonly task_sizes: Readonly<Record<string, number>>;
  readonly token_lengths: unknown;
  readonly arguments: readonly string[];
  readonly epochs: readonly { readonly batches_per_task_id: Readonly<Record<string, number>> }[];
}

Deno.test({
  name: "planEpoch() has the reference program's counts in each of its recorded epochs",
  ignore: reference.missing,
  fn() {
    const { sampler } = JSON.parse(Deno.readTextFileSync(`${reference.path}/schedule.json`));
    let compared = 0;
    for (const run of sampler.runs as Run[]) {
      // One run drops long rows (see batches_test.ts), one merges two tasks' heads: not a mixture.
      if (run.token_lengths !== null || run.arguments.includes("--mtl_opt")) continue;
      const option = (name: string): number | undefined => {
        const at = run.arguments.indexOf(name);
        return at < 0 ? undefined : Number(run.arguments[at + 1]);
      };
      const [size, ratio] = [option("--batch_size") ?? 8, option("--ratio")];
      const of = Object.fromEntries(
        Object.entries(run.task_sizes).map(([task, rows]) => [task, Math.ceil(rows / size)]),
      );
      const extrasFirst = option("--mix_opt") === 1;
      const order = extrasFirst ? "extras first" : "shuffled";
      const mixing: Mixing = ratio !== undefined
        ? { mode: "ratio", main: "mnli", ratio, order }
        : extrasFirst
        ? { mode: "mix", main: "mnli" }
        : { mode: "all" };
      run.epochs.forEach(({ batches_per_task_id: theirs }, epoch) => {
        const ours = counts(plan(mixing, epoch, 3, of));
        // Which extras a ratio draws is chance; how many, and the main task's share, is not.
        if (ratio === undefined) assertEquals(Object.values(ours).toSorted(), sorted(theirs));
        assertEquals(ours["mnli"], theirs["0"]);
        assertEquals(total(ours), total(theirs), run.name);
        compared++;
      });
    }
    assertEquals(compared, 24);
  },
});

function sorted(numbers: Readonly<Record<string, number>>): number[] {
  return Object.values(numbers).toSorted();
}

function total(numbers: Readonly<Record<string, number>>): number {
  return Object.values(numbers).reduce((sum, n) => sum + n, 0);
}
