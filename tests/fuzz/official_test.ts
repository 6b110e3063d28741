/** Official files of every task and split, plain and packed, with damage. */
import { assert, assertEquals } from "@std/assert";
import { featurize } from "../../lib/input/features.ts";
import { readExamples } from "../../lib/input/files.ts";
import { type PairingOptions, rankingPairs } from "../../lib/input/ranking.ts";
import type { Parsed, Source } from "../../lib/input/readers.ts";
import { createRandom, type Random } from "../../lib/base/random.ts";
import type { Task } from "../../lib/train/task.ts";
import { tasks } from "../../lib/tasks.ts";
import type { Example } from "../../lib/types.ts";
import { sample } from "../input/official.ts";
import { toyTokenizer } from "../support/toy.ts";
import { attempt, fuzz, type Kind, Refused } from "./fuzz.ts";
import { anyBytes, mutate, pick } from "./mutate.ts";
import { anyTable } from "./structures.ts";

/** One split of a task and a whole file of it. */
interface Seed {
  readonly task: Task;
  readonly source: Source;
  readonly bytes: Uint8Array;
}

/** The first lines of the project's own file, or a few rows as the layout has them. */
function seeds(): Seed[] {
  return Object.values<Task>(tasks).flatMap((task) =>
    Object.values(task.splits).map((source) => {
      const text = ownFile(source) ?? written(source, task);
      return { task, source, bytes: new TextEncoder().encode(text) };
    })
  );
}

function ownFile({ candidates }: Source): string | undefined {
  for (const candidate of candidates) {
    try {
      const lines = Deno.readTextFileSync(`${sample.path}/${candidate}`).split("\n");
      return lines.slice(0, 12).join("\n") + "\n";
    } catch { /* not every file is there */ }
  }
}

function written({ layout }: Source, { labels }: Task): string {
  const { columns, id, premise, hypothesis, target, words = {} } = layout;
  const header = columns ?? [id ?? [], premise, hypothesis ?? [], target ?? []].flat();
  const targets = labels.length === 0 ? ["0.5", "5.000"] : [...labels, ...Object.keys(words)];
  const rows = targets.map((cell, row) =>
    header.map((name) => name === target ? cell : `${name} of row ${row}`).join("\t")
  );
  return [...columns ? [] : [header.join("\t")], ...rows].join("\n") + "\n";
}

const gzip = async (bytes: Uint8Array<ArrayBuffer>) => {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

/** Examples are rows of the file, cell by cell, and no row is lost without a reason. */
function checkExamples(text: string, { source: { layout }, task }: Seed, parsed: Parsed): void {
  const lines = text.replace(/[\r\n]+$/, "").split("\n").map((line) => line.replace(/\r$/, ""));
  const header = layout.columns ?? lines.shift()!.split("\t");
  const named = header.map((name) => name.trim().toLowerCase());
  const dropped = parsed.dropped.reduce((sum, { count }) => sum + count, 0);
  assertEquals(parsed.examples.length + dropped, lines.length, "rows are lost");
  for (const { row, premise, hypotheses, targets: [target] } of parsed.examples) {
    const cells = lines[row]!.split("\t");
    const cell = (name: string) => cells[named.indexOf(name.toLowerCase())];
    assertEquals([premise, ...hypotheses], [
      cell(layout.premise),
      ...(layout.hypothesis === undefined ? [] : [cell(layout.hypothesis)]),
    ]);
    if (layout.target === undefined) {
      assertEquals(target, undefined);
      continue;
    }
    const found = cell(layout.target)!;
    if (task.labels.length === 0) {
      assert(/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(found), `"${found}" is a score`);
      assert(target! >= 0 && target! <= 5 && Math.abs(parseFloat(found) - target!) < 1e-9, found);
    } else assertEquals(task.labels[target!], layout.words?.[found] ?? found);
  }
}

/** Features have the shapes that their nouns say. */
function checkFeatures(examples: readonly Example[]): void {
  const { size } = toyTokenizer;
  const made = featurize(examples, toyTokenizer, { maxLength: 32 });
  const { candidates, tokens, offsets, boundaries, targets, rows, ids } = made;
  assertEquals([targets.length, rows.length, ids.length], Array(3).fill(examples.length));
  assertEquals([offsets.length, boundaries.length], [
    examples.length * candidates + 1,
    examples.length * candidates,
  ]);
  boundaries.forEach((boundary, s) => {
    const length = offsets[s + 1]! - offsets[s]!;
    assert(length >= 2 && length <= 32 && boundary >= 2 && boundary <= length);
  });
  assert(tokens.every((id) => id >= 0 && id < size) && offsets.at(-1) === tokens.length);
}

async function readDamaged(folder: string, seed: Seed, all: readonly Seed[], random: Random) {
  const others = all.map(({ bytes }) => bytes);
  const { bytes, done } = mutate(seed.bytes, random, anyTable, [seed.bytes, ...others]);
  const packed = random.integer(3) === 0;
  const damagedPack = packed && random.integer(2) === 0;
  let written = packed ? await gzip(damagedPack ? seed.bytes.slice() : bytes) : bytes;
  if (damagedPack) written = mutate(written, random, anyBytes).bytes;
  const name = "folder/file.tsv";
  const path = `${folder}/${name}${packed ? ".gz" : ""}`;
  await Deno.writeFile(path, written);
  try {
    const { layout } = seed.source;
    const source = { candidates: [name], layout };
    const parsed = await attempt(
      ["Cannot read", name],
      () => readExamples(folder, source, seed.task.labels),
    );
    assertEquals(await Deno.readFile(path), written, "the file was changed");
    const text = new TextDecoder("utf-8", { fatal: true }).decode(damagedPack ? seed.bytes : bytes);
    checkExamples(text, seed, parsed);
    checkFeatures(parsed.examples);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Error(`${seed.task.name} (${done}): ${(error as Error).message}`, { cause: error });
  } finally {
    await Deno.remove(path);
  }
}

/** Rows as QNLI has them, with questions and labels that repeat, differ or are missing. */
function rankingRows(random: Random): Example[] {
  const targets = () => pick(random, [[0], [1], [1], []]);
  const none = random.integer(4) === 0;
  return Array.from({ length: random.integer(12) }, (_, row) => ({
    row,
    id: pick(random, ["", "a", "a,b", String(row)]),
    premise: pick(random, ["", "Who?", "Where?", "Who? ", "__proto__"]),
    hypotheses: [pick(random, ["", "Ada.", "Here.", "constructor"])],
    targets: none ? [] : targets(),
  }));
}

function checkPairs(rows: readonly Example[], pairing: PairingOptions["pairing"]): void {
  const { examples, dropped } = rankingPairs(rows, createRandom(1), { pairing });
  const left = dropped.reduce((sum, { count }) => sum + count, 0);
  assertEquals(2 * examples.length + left, rows.length, "rows are lost");
  for (const { row, premise, hypotheses, targets: [target] } of examples) {
    assertEquals([rows[row]!.premise, hypotheses.length], [premise, 2]);
    if (target === undefined) continue;
    const positive = rows.filter((each) => each.targets[0] === 1 && each.premise === premise);
    assert(positive.some((each) => each.hypotheses[0] === hypotheses[target]));
  }
}

export const kinds: Readonly<Record<string, Kind>> = {
  "official files": {
    count: 6000,
    open: async (folder) => {
      await Deno.mkdir(`${folder}/folder`);
      const all = seeds();
      return {
        input: (random, number) => readDamaged(folder, all[number % all.length]!, all, random),
      };
    },
  },
  "ranking pairs": {
    count: 1000,
    open: () => ({
      input: (random) => {
        const rows = rankingRows(random);
        for (const pairing of ["consecutive", "question"] as const) checkPairs(rows, pairing);
        if (rows.length % 2 === 1) throw new Refused(); // a row without a partner was left out
      },
    }),
  },
};

fuzz(import.meta.url, kinds);
