/** Files that a run leaves, with damage: its log and its predictions. */
import { assert, assertEquals } from "@std/assert";
import { readLog, readPredictions } from "../../lib/run/artifacts.ts";
import type { Random } from "../../lib/base/random.ts";
import { attempt, fuzz, type Kind } from "./fuzz.ts";
import { mutate } from "./mutate.ts";
import { anyJson, anyTable } from "./structures.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const step = { step: 0, epoch: 0, task: "rte", loss: 0.7, gradientNorm: 1.5, learningRate: 0 };
const line = (number: number) =>
  JSON.stringify({ ...step, step: number, rows: 8, tokens: 90, seconds: 0.01 });
const log = bytesOf([0, 1, 2].map(line).join("\n") + "\n");
const predictions = bytesOf(
  "id\ttarget\tprediction\tp(not_entailment)\tp(entailment)\n" +
    "0\tentailment\tentailment\t0.100000\t0.900000\n1\t\tnot_entailment\t0.600000\t0.400000\n",
);
const scores = bytesOf("id\ttarget\tprediction\n0\t4.5\t3.25\n1\t\t0.5\n");

const filled = (text: string) =>
  text.replace(/^\ufeff/, "").split("\n").filter((line) => line !== "").length;

async function readDamagedLog(folder: string, random: Random): Promise<void> {
  const { bytes } = mutate(log, random, anyJson);
  await Deno.writeFile(`${folder}/log.jsonl`, bytes);
  const steps = await attempt([`${folder}/log.jsonl`], () => readLog(folder));
  assertEquals(steps.length, filled(new TextDecoder().decode(bytes)), "steps are lost");
  for (const { step, task, loss } of steps) {
    assert(Number.isInteger(step) && typeof task === "string");
    assert(loss === null || Number.isFinite(loss), `a loss is ${loss}`);
  }
}

async function readDamagedPredictions(folder: string, whole: Uint8Array, random: Random) {
  const { bytes } = mutate(whole, random, anyTable);
  await Deno.writeFile(`${folder}/p.tsv`, bytes);
  const rows = await attempt([`${folder}/p.tsv`], () => readPredictions(folder, "p.tsv"));
  const lines = new TextDecoder().decode(bytes).replace(/\n+$/, "").split("\n");
  assertEquals(rows.length, lines.length - 1, "rows are lost");
  rows.forEach(({ id, target, prediction, probabilities }, i) => {
    const cells = lines[i + 1]!.split("\t");
    assertEquals([id, target, prediction], cells.slice(0, 3));
    assert(Object.values(probabilities).every((p) => p >= 0 && p <= 1), "a probability is none");
  });
}

export const kinds: Readonly<Record<string, Kind>> = {
  "log.jsonl": {
    count: 1000,
    open: (folder) => ({ input: (random) => readDamagedLog(folder, random) }),
  },
  "predictions": {
    count: 1000,
    open: (folder) => ({
      input: (random, number) =>
        readDamagedPredictions(folder, number % 3 === 0 ? scores : predictions, random),
    }),
  },
};

fuzz(import.meta.url, kinds);
