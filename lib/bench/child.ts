/**
 * The program that measures this project's own contenders, each measurement in a process of its
 * own: `child.ts compiled|eager MEASUREMENT`. With `child.ts prepare PREPARATION` it makes sure that
 * everything is there and tokenised before anything is measured.
 *
 * @module
 */

import process from "node:process";
import { type Circumstances, circumstances } from "../circumstances.ts";
import { loadTokenizer } from "../input/tokenizer.ts";
import type { EncoderConfig } from "../model/config.ts";
import { loadPretrained } from "../model/pretrained.ts";
import { startTensorFlow } from "../tensorflow/backend.ts";
import { findLibrary } from "../tensorflow/library.ts";
import { evaluationRows, measureEvaluation } from "./evaluation.ts";
import { FIRST_STEP, type Measured, type Measurement } from "./measurement.ts";
import { measureMixture, mixtureRows } from "./mixture.ts";
import { measureShape } from "./shape.ts";
import { type Way, ways } from "./steps.ts";

/** What has to be there for some measurements, and what they will run on. */
export interface Preparation {
  readonly encoder: string;
  readonly measurements: readonly Measurement[];
}

/** What measurements made now have in common. */
export type Surroundings = Pick<Circumstances, "commit" | "date" | "versions" | "machine">;

/** Makes features that aren't in the cache yet, and tells what the machine is. */
async function prepare({ encoder, measurements }: Preparation): Promise<Surroundings> {
  if (await findLibrary() === null) {
    throw new Error("There is no TensorFlow on this machine yet: run `deno task setup` first.");
  }
  const { tokenizerFile, config } = await loadPretrained(encoder);
  for (const measurement of measurements) checkLength(measurement, config);
  const done = new Set<string>();
  for (const measurement of measurements) {
    const { kind } = measurement;
    if (kind === "shape" || done.has(kind)) continue;
    done.add(kind);
    const tokenizer = await loadTokenizer(tokenizerFile);
    if (kind === "evaluation") await evaluationRows(measurement, tokenizer);
    else await mixtureRows(measurement, tokenizer);
  }
  await startTensorFlow();
  const { commit, date, versions, machine } = await circumstances(0);
  return { commit, date, versions, machine };
}

function checkLength(measurement: Measurement, { name, positions }: EncoderConfig): void {
  const longest = measurement.kind === "shape" ? measurement.length : measurement.maxLength;
  if (longest <= positions) return;
  throw new Error(
    `Encoder "${name}" reads at most ${positions} pieces, this benchmark needs ${longest}: name ` +
      `another one with --encoder.`,
  );
}

async function measure(way: Way, measurement: Measurement): Promise<Measured> {
  const { threads, encoder: folder } = measurement;
  await startTensorFlow(threads === null ? {} : { threads });
  const encoder = await loadPretrained(folder);
  const onFirst = () => console.log(FIRST_STEP);
  const found = await byKind(way, measurement, encoder, onFirst);
  return { ...found, peakMemory: peakMemory() };
}

async function byKind(
  way: Way,
  measurement: Measurement,
  encoder: Awaited<ReturnType<typeof loadPretrained>>,
  onFirst: () => void,
): Promise<Omit<Measured, "peakMemory">> {
  if (measurement.kind === "shape") return await measureShape(encoder, measurement, way, onFirst);
  const tokenizer = await loadTokenizer(encoder.tokenizerFile);
  if (measurement.kind === "mixture") {
    const rows = await mixtureRows(measurement, tokenizer);
    return await measureMixture(encoder, rows, measurement, way, onFirst);
  }
  const features = await evaluationRows(measurement, tokenizer);
  return await measureEvaluation(encoder, features, measurement, onFirst);
}

/**
 * Peak resident memory of this process in bytes: the kernel's own mark, which sees what a step
 * frees again.
 */
function peakMemory(): number {
  const { maxRSS } = process.resourceUsage();
  // in KiB on Linux; some systems count bytes, and then the peak isn't below what is used now
  return maxRSS >= Deno.memoryUsage().rss ? maxRSS : 1024 * maxRSS;
}

if (import.meta.main) {
  let code = 0;
  try {
    const [way = "", question = ""] = Deno.args;
    if (way === "prepare") console.log(JSON.stringify(await prepare(JSON.parse(question))));
    else if (Object.hasOwn(ways, way)) {
      console.log(JSON.stringify(await measure(way as Way, JSON.parse(question))));
    } else {throw new Error(
        `Unknown way "${way}": expected one of ${Object.keys(ways).join(", ")}.`,
      );}
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    code = 1;
  }
  // Leaves at once: unloading an opened TensorFlow crashes.
  Deno.exit(code);
}
