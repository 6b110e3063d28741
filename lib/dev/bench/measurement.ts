/**
 * What is measured and what comes of it: plain records that go to a process of any language as JSON
 * and come back from it as JSON.
 *
 * @module
 */

import type { Precision } from "../../tensorflow/operations/matmul.ts";

export type { Precision } from "../../tensorflow/operations/matmul.ts";

/** What every measurement has. */
interface Common {
  /** Folder of the encoder: config.json, model.safetensors, tokenizer.json. */
  readonly encoder: string;
  readonly seed: number;
  /** Threads of one operation; TensorFlow's default (one per core) where it is null. */
  readonly threads: number | null;
  /**
   * Folder with batches, start values of the heads and texts as files, for contenders in another
   * language (see inputs.ts); null where there is none.
   */
  readonly inputs: string | null;
}

/** The same training step again and again, on random pieces without padding. */
export interface ShapeMeasurement extends Common {
  readonly kind: "shape";
  readonly precision: Precision;
  readonly batch: number;
  /** Pieces in each sequence. */
  readonly length: number;
  /** Windows of time after warm-up. */
  readonly windows: number;
  /** A window ends with the first step that ends after this many seconds. */
  readonly windowSeconds: number;
}

/** The first steps of an epoch of the eight-task mixture (MT-DNN, Algorithm 1). */
export interface MixtureMeasurement extends Common {
  readonly kind: "mixture";
  readonly precision: Precision;
  /** Data folder. */
  readonly data: string;
  /** The first one included, which is in no window. */
  readonly steps: number;
  /** Steps of a window; the last may have fewer. */
  readonly windowSteps: number;
  readonly batch: number;
  /** Longer rows are cut. */
  readonly maxLength: number;
}

/** A dev set, evaluated again and again. */
export interface EvaluationMeasurement extends Common {
  readonly kind: "evaluation";
  readonly precision: Precision;
  /** Data folder. */
  readonly data: string;
  readonly task: string;
  readonly split: string;
  readonly maxLength: number;
  /** Windows of time after the first evaluation. */
  readonly windows: number;
  /** A window ends with the first evaluation that ends after this many seconds. */
  readonly windowSeconds: number;
}

/** Every row of every task from text to word pieces, again and again. */
export interface PreprocessingMeasurement extends Common {
  readonly kind: "preprocessing";
  readonly precision: null;
  /** Data folder. */
  readonly data: string;
  readonly maxLength: number;
  readonly windows: number;
  /** A window ends with the first pass over all rows that ends after this many seconds. */
  readonly windowSeconds: number;
}

/** One thing to measure. */
export type Measurement =
  | ShapeMeasurement
  | MixtureMeasurement
  | EvaluationMeasurement
  | PreprocessingMeasurement;

/** Name of a kind of measurement. */
export type MeasurementKind = Measurement["kind"];

/** A stretch of time, and what was done in it. */
export interface Window {
  /** Steps, whole evaluations, or passes over all files. */
  readonly steps: number;
  readonly rows: number;
  /** Pieces, padding not counted. */
  readonly tokens: number;
  readonly seconds: number;
  /** Whether it holds a task's first step, in which a compiled function is traced. */
  readonly first: boolean;
  /** Resident memory of the process at its end, in bytes. */
  readonly memory: number;
}

/** What making compiled functions took. */
export interface Tracing {
  readonly traces: number;
  /** Nodes of all graphs. */
  readonly nodes: number;
  /** Seconds from the call until the function is handed to TensorFlow, its run not counted. */
  readonly seconds: number;
}

/**
 * Numbers that contenders agree on who do the same work: by task the mean loss of its first batch
 * (of all rows in an evaluation) with the start values and without dropout; or the number of pieces.
 */
export type Proof = Readonly<Record<string, number>>;

/** What a process says before it leaves. */
export interface MeasurementSummary {
  /** The first step, first batch or first file, tracing included. */
  readonly first: Window;
  readonly tracing: Tracing | null;
  /** Peak resident memory of the process in bytes. */
  readonly peakMemory: number;
}

/** What a process found, and what only its starter knows. */
export interface Timed extends MeasurementSummary {
  readonly proof: Proof;
  /** In order, the first step and warm-up not among them. */
  readonly windows: readonly Window[];
  /** Seconds from starting the process to the end of its first step. */
  readonly startSeconds: number;
}

/** What a process writes on a line of its own when its first step is over. */
export const FIRST_STEP = "first step";

/** What a process writes that only starts another one, at the moment it does: time counts from here. */
export const STARTED = "started";

/** A measurement after its first step, to be carried on window by window. */
export interface Running {
  readonly first: Window;
  /** Proves the work, then warms up; called once, before the first window. */
  prove(): Promise<Proof>;
  /** Runs one window. */
  next(): Promise<Window>;
  /** What tracing took so far; null where nothing is traced. */
  tracing(): Tracing | null;
}

/** Runs `one` until `least` seconds have passed, once at least. */
export async function timeWindow(
  { rows, tokens }: Pick<Window, "rows" | "tokens">,
  least: number,
  one: () => Promise<unknown>,
  settle: () => void = () => {},
): Promise<Window> {
  const started = performance.now();
  const passed = () => (performance.now() - started) / 1000;
  let steps = 0;
  do {
    await one();
    steps++;
  } while (passed() < least);
  settle();
  const seconds = passed();
  const done = { steps, rows: steps * rows, tokens: steps * tokens };
  return { ...done, seconds, first: false, memory: Deno.memoryUsage().rss };
}
