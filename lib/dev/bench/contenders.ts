/**
 * Who is measured: one record each. A contender is a program that takes a
 * {@linkcode Measurement} as JSON in its last argument and talks in lines: `first step` when its
 * first step is over; `{"proof": ...}`; for each line `go` on its standard input it runs one window
 * and writes `{"window": ...}`; at `end`, or the end of its input, it writes `{"summary": ...}` and
 * leaves. It may be written in any language; to compare with another system, add a record.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../hub/cache.ts";
import type {
  Measurement,
  MeasurementKind,
  MeasurementSummary,
  Precision,
  Window,
} from "./measurement.ts";

/** One system under measurement. */
export interface Contender {
  /** As records carry it. */
  readonly name: string;
  readonly measures: readonly MeasurementKind[];
  /** All where it is left out. */
  readonly precisions?: readonly Precision[];
  /** Whether it measures the first encoder only: others take more memory. */
  readonly small?: boolean;
  /** Whether it needs a Python. */
  readonly python?: boolean;
  /** The program and its arguments, the measurement still to be appended. */
  readonly command: (python: string) => readonly [string, ...string[]];
}

/** Program and arguments of this project's own processes; `way` is the first argument. */
export function ownProcess(way: string, folder?: string): [string, ...string[]] {
  return [
    Deno.execPath(),
    "run",
    "--allow-read", // TensorFlow, encoder and data lie anywhere
    `--allow-write=${[cacheFolder(), ...(folder ? [folder] : [])].join()}`,
    "--allow-env",
    "--allow-ffi",
    "--allow-run=git,python3",
    fileURLToPath(new URL("child.ts", import.meta.url)),
    way,
  ];
}

/** Program and arguments of a Python process; `way` is the first argument of pytorch.py. */
export function pythonProcess(python: string, way: string): [string, ...string[]] {
  return [
    Deno.execPath(),
    "run",
    "--no-prompt",
    `--allow-run=${python}`,
    fileURLToPath(new URL("relay.ts", import.meta.url)),
    python,
    fileURLToPath(new URL("pytorch.py", import.meta.url)),
    way,
  ];
}

/**
 * All contenders by name. The first that makes a measurement is this project's own, and speeds are
 * compared with it.
 */
export const contenders = {
  compiled: {
    name: "compiled",
    measures: ["shape", "mixture", "evaluation"],
    command: () => ownProcess("compiled"),
  },
  preprocess: {
    name: "preprocess",
    measures: ["preprocessing"],
    command: () => ownProcess("preprocess"),
  },
  eager: {
    name: "eager",
    measures: ["shape"],
    small: true,
    command: () => ownProcess("eager"),
  },
  pytorch: ofPython("pytorch", ["shape", "mixture", "evaluation"]),
  "pytorch-compile": ofPython("pytorch-compile", ["shape", "mixture", "evaluation"]),
  // the reference program's batches: rows shuffled, not sorted by length
  "pytorch-reference": { ...ofPython("pytorch-reference", ["mixture"]), precisions: ["float32"] },
  onnxruntime: { ...ofPython("onnxruntime", ["evaluation"]), precisions: ["float32"] },
  transformers: ofPython("transformers", ["preprocessing"]),
} as const satisfies Record<string, Contender>;

function ofPython(name: string, measures: readonly MeasurementKind[]) {
  const command = (python: string) => pythonProcess(python, name);
  return { name, measures, python: true, command };
}

/** The contenders that make a measurement, in their order; those in Python where there is one. */
export function contendersFor(
  { kind, precision }: Pick<Measurement, "kind" | "precision">,
  { python = false, large = false }: { readonly python?: boolean; readonly large?: boolean } = {},
): Contender[] {
  return Object.values<Contender>(contenders).filter((contender) =>
    contender.measures.includes(kind) &&
    (precision === null || (contender.precisions?.includes(precision) ?? true)) &&
    (python || !contender.python) && !(large && contender.small)
  );
}

/** What every window must have. */
export function checkWindow(answer: unknown): Window {
  const { steps, rows, tokens, seconds, memory } = answer as Partial<Window>;
  if ([steps, rows, tokens, seconds, memory].every(isPositive)) return answer as Window;
  throw new Error(
    `it answered ${excerpt(answer)}: expected a window with steps, rows, tokens, seconds and ` +
      "memory above 0.",
  );
}

/** What every last answer must have. */
export function checkContender(answer: unknown): MeasurementSummary {
  const { first, peakMemory } = answer as Partial<MeasurementSummary>;
  if (first && checkWindow(first) && isPositive(peakMemory)) return answer as MeasurementSummary;
  throw new Error(`it answered ${excerpt(answer)}: expected the first window and peakMemory.`);
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && value > 0 && value < Infinity;
}

function excerpt(answer: unknown): string {
  return String(JSON.stringify(answer)).slice(0, 200);
}
