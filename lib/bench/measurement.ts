/**
 * What is measured and what comes of it: plain records that go to a process of any language as JSON
 * and come back from it as JSON.
 *
 * @module
 */

/** Arithmetic inside matrix products. */
export type Precision = "float32" | "bfloat16";

/** What every measurement has. */
interface Common {
  /** Folder of the encoder: config.json, model.safetensors, tokenizer.json. */
  readonly encoder: string;
  readonly precision: Precision;
  readonly seed: number;
  /** Threads of one operation; TensorFlow's default where it is null. */
  readonly threads: number | null;
}

/** The same training step again and again, on random pieces without padding. */
export interface ShapeMeasurement extends Common {
  readonly kind: "shape";
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
  /** Data folder. */
  readonly data: string;
  readonly steps: number;
  readonly batch: number;
  /** Longer rows are left out. */
  readonly maxLength: number;
}

/** A dev set, evaluated again and again. */
export interface EvaluationMeasurement extends Common {
  readonly kind: "evaluation";
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

/** One thing to measure. */
export type Measurement = ShapeMeasurement | MixtureMeasurement | EvaluationMeasurement;

/** Name of a kind of measurement. */
export type MeasurementKind = Measurement["kind"];

/** A stretch of time, and what was done in it. */
export interface Window {
  /** Steps, or whole evaluations. */
  readonly steps: number;
  readonly rows: number;
  /** Pieces, padding not counted. */
  readonly tokens: number;
  readonly seconds: number;
  /** Whether it holds a task's first step, in which a compiled function is traced. */
  readonly first: boolean;
}

/** What making compiled functions took. */
export interface Tracing {
  readonly traces: number;
  /** Nodes of all graphs. */
  readonly nodes: number;
  /** Seconds from the call until the function is handed to TensorFlow, its run not counted. */
  readonly seconds: number;
}

/** What a process found. */
export interface Measured {
  /**
   * In order. Of a mixture: each step, so that window i of two contenders holds the same batch.
   * Else: what follows warm-up.
   */
  readonly windows: readonly Window[];
  /** Seconds of the first step or evaluation, tracing included. */
  readonly firstSeconds: number;
  /** Loss of the first step, which two contenders with the same dropout masks agree on. */
  readonly loss: number | null;
  readonly tracing: Tracing | null;
  /** Peak resident memory of the process in bytes. */
  readonly peakMemory: number;
}

/** What a process found, with what only its starter knows. */
export interface Timed extends Measured {
  /** Seconds from starting the process to the end of its first step. */
  readonly startSeconds: number;
}

/** What a process writes on a line of its own when its first step is over. */
export const FIRST_STEP = "first step";
