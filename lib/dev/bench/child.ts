/**
 * The program that measures this project's own contenders, each measurement in a process of its
 * own: `child.ts compiled|eager|preprocess MEASUREMENT`; contenders.ts says how it talks. With
 * `child.ts prepare PREPARATION` it makes sure that everything is there and tokenised before
 * anything is measured; `child.ts peak` tells what matrix products reach; `child.ts draw DRAWING`
 * draws what was found.
 *
 * @module
 */

import process from "node:process";
import { type Circumstances, circumstances } from "../../run/machine.ts";
import { collectGarbage } from "../../base/garbage.ts";
import { loadTokenizer } from "../../input/tokenizer.ts";
import { bert } from "../../model/bert.ts";
import type { EncoderConfig } from "../../model/encoder.ts";
import { createNetwork, type Network } from "../../model/network.ts";
import { loadPretrained, type Pretrained } from "../../model/pretrained.ts";
import type { Throughput } from "../../report/plots/throughput.ts";
import { startTensorFlow } from "../../tensorflow/backend.ts";
import { findLibrary } from "../../tensorflow/library.ts";
import { baseFolder, ensureBase } from "./base.ts";
import { evaluationRows, startEvaluation } from "./evaluation.ts";
import { writeInputs } from "./inputs.ts";
import {
  FIRST_STEP,
  type Measurement,
  type MeasurementSummary,
  type Running,
} from "./measurement.ts";
import { mixtureRows, startMixture } from "./mixture.ts";
import { presentSplits, startPreprocessing } from "./preprocessing.ts";
import { linesOf } from "./process.ts";
import { startShape } from "./shape.ts";
import { type StepWay, stepWays } from "./steps.ts";
import { measurePeak, type Peak, stepOperations } from "./work.ts";

/** What has to be there for some measurements, and what they will run on. */
export interface Preparation {
  readonly encoder: string;
  readonly measurements: readonly Measurement[];
}

/** What measurements made now have in common. */
export type Surroundings = Pick<Circumstances, "commit" | "date" | "versions" | "machine">;

/** How to measure what matrix products reach. */
interface PeakQuestion {
  readonly threads: number | null;
  /** The median is over so many. */
  readonly products: number;
}

/** What is to be drawn, and where to. */
export interface Drawing {
  readonly folder: string;
  /** Of the figure, without an ending. */
  readonly name: string;
  readonly records: readonly Throughput[];
}

/** What is known before anything is measured. */
export interface PreparedBench {
  readonly surroundings: Surroundings;
  /** Of each measurement: floating-point operations of its training step; null where it varies. */
  readonly operations: readonly (number | null)[];
}

async function prepare({ encoder, measurements }: Preparation): Promise<PreparedBench> {
  if (await findLibrary() === null) {
    throw new Error("There is no TensorFlow on this machine yet: run `deno task setup` first.");
  }
  const loaded = await loadEncoders(encoder, measurements);
  const done = new Set<string>();
  for (const measurement of measurements) {
    const pretrained = loaded.get(measurement.encoder)!;
    checkLength(measurement, pretrained.config);
    const key = measurement.inputs ?? measurement.kind;
    if (done.has(key)) continue;
    done.add(key);
    if (measurement.inputs !== null) await writeInputs(measurement, pretrained);
    else await fillCache(measurement, pretrained);
  }
  await startTensorFlow();
  const { commit, date, versions, machine } = await circumstances(0);
  return {
    surroundings: { commit, date, versions, machine },
    operations: measurements.map((measurement) =>
      measurement.kind === "shape"
        ? stepOperations(
          loaded.get(measurement.encoder)!.config,
          measurement.batch,
          measurement.length,
        )
        : null
    ),
  };
}

async function loadEncoders(
  first: string,
  measurements: readonly Measurement[],
): Promise<Map<string, Pretrained>> {
  const loaded = new Map([[first, await loadPretrained(first)]]);
  for (const { encoder } of measurements) {
    if (loaded.has(encoder)) continue;
    if (encoder === baseFolder()) await ensureBase(loaded.get(first)!.tokenizerFile);
    loaded.set(encoder, await loadPretrained(encoder));
  }
  return loaded;
}

/** Makes features that aren't in the cache yet; throws where the data folder has no files. */
async function fillCache(measurement: Measurement, { tokenizerFile }: Pretrained): Promise<void> {
  if (measurement.kind === "mixture") {
    await mixtureRows(measurement, await loadTokenizer(tokenizerFile, bert.specials));
  } else if (measurement.kind === "evaluation") {
    await evaluationRows(measurement, await loadTokenizer(tokenizerFile, bert.specials));
  } else if (measurement.kind === "preprocessing") {
    await presentSplits(measurement.data);
  }
}

function checkLength(measurement: Measurement, { name, maxLength }: EncoderConfig): void {
  const longest = measurement.kind === "shape" ? measurement.length : measurement.maxLength;
  if (longest <= maxLength) return;
  throw new Error(
    `Encoder "${name}" reads at most ${maxLength} pieces, this benchmark needs ${longest}: name ` +
      `another one with --encoder.`,
  );
}

async function start(way: StepWay | "preprocess", measurement: Measurement): Promise<Running> {
  const { threads, encoder: folder } = measurement;
  if (measurement.kind === "preprocessing") {
    return await startPreprocessing(`${folder}/tokenizer.json`, measurement);
  }
  if (way === "preprocess") throw new Error(`No way to ${way} for a ${measurement.kind}.`);
  await startTensorFlow(threads === null ? {} : { threads });
  const { network, tokenizerFile } = await openNetwork(folder);
  collectGarbage(); // of the arrays that were read
  if (measurement.kind === "shape") return await startShape(network, measurement, way);
  const tokenizer = await loadTokenizer(tokenizerFile, bert.specials);
  return measurement.kind === "mixture"
    ? await startMixture(network, await mixtureRows(measurement, tokenizer), measurement, way)
    : await startEvaluation(network, await evaluationRows(measurement, tokenizer), measurement);
}

async function openNetwork(folder: string): Promise<{ network: Network; tokenizerFile: string }> {
  const { config, parameters, tokenizerFile } = await loadPretrained(folder);
  return { network: createNetwork(config, parameters), tokenizerFile };
}

/** Runs a window for each line `go`. */
async function carryOn(running: Running): Promise<MeasurementSummary> {
  tell("proof", await running.prove());
  for await (const command of linesOf(Deno.stdin.readable)) {
    if (command === "end") break;
    if (command === "go") tell("window", await running.next());
  }
  return { first: running.first, tracing: running.tracing(), peakMemory: peakMemory() };
}

/** How fast matrix products are in this process. */
async function peak({ threads, products }: PeakQuestion): Promise<Peak> {
  await startTensorFlow(threads === null ? {} : { threads });
  return await measurePeak(products);
}

/** Draws throughput against length; a process of its own, as what draws needs more permissions. */
async function draw({ folder, name, records }: Drawing): Promise<unknown> {
  // loaded here only: it takes a second
  const { plotThroughput } = await import("../../report/plots/throughput.ts");
  const { writeFigure } = await import("../../report/figure_files.ts");
  return await writeFigure(folder, name, plotThroughput(records));
}

function tell(key: string, value: unknown): void {
  console.log(JSON.stringify({ [key]: value }));
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

async function main([way = "", question = ""]: readonly string[]): Promise<void> {
  if (way === "prepare") tell("prepared", await prepare(JSON.parse(question)));
  else if (way === "peak") tell("peak", await peak(JSON.parse(question)));
  else if (way === "draw") tell("drawn", await draw(JSON.parse(question)));
  else if (way === "preprocess" || Object.hasOwn(stepWays, way)) {
    const running = await start(way as StepWay | "preprocess", JSON.parse(question));
    console.log(FIRST_STEP);
    tell("summary", await carryOn(running));
  } else {
    const known = ["prepare", "peak", "draw", "preprocess", ...Object.keys(stepWays)].join(", ");
    throw new Error(`Unknown way "${way}": expected one of ${known}.`);
  }
}

if (import.meta.main) {
  let code = 0;
  try {
    await main(Deno.args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    code = 1;
  }
  // Leaves at once: unloading an opened TensorFlow crashes.
  Deno.exit(code);
}
