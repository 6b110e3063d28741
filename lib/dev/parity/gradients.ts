/**
 * Parity of loss and gradients of one step, before clipping.
 *
 * The step itself is run, eagerly and compiled, with an optimiser that keeps the gradients as its
 * state and leaves the parameters alone.
 *
 * @module
 */

import type { Network } from "../../model/network.ts";
import type { Precision } from "../../tensorflow/operations/matmul.ts";
import { createState, type Optimizer, type OptimizerState } from "../../train/optimizers.ts";
import type { StepSettings } from "../../train/step.ts";
import { batchOf, candidatesOf, type RecordedBatch } from "./batches.ts";
import { type ComparisonRow, createMeter, failedRow } from "./compare.ts";
import type { ForwardCase, RecordedForward } from "./forward.ts";
import {
  encoderNames,
  headParameter,
  type OurParameter,
  recordedValues,
  taskOfHead,
} from "./heads.ts";
import { type Conditions, recordedNetwork } from "./network.ts";
import type { Reference } from "./reference.ts";
import { runStep } from "./steps.ts";
import { tolerances } from "./tolerances.ts";
import { ways } from "./ways.ts";

interface GradientCase {
  readonly name: string;
  readonly batch: string;
  readonly loss: number;
  /** Global norm of the gradients. */
  readonly grad_norm: number;
  readonly norm_of_each_gradient_f64: Readonly<Record<string, number>>;
  readonly parameters_without_gradient: readonly string[];
}

/** Keeps the gradient, changes nothing. */
const keeper: Optimizer = {
  name: "keeper",
  slots: ["gradient"],
  update: (value, gradient) => ({ value, state: [gradient] }),
};

/** Compares every case, both ways. */
export async function* checkGradients(
  reference: Reference,
  precision: Precision = "float32",
): AsyncGenerator<ComparisonRow> {
  const { batches, cases } = await reference.json<RecordedForward>("forward.json");
  const recorded = await reference.json<{ cases: readonly GradientCase[] }>("grads.json");
  const stored = await reference.tensors("grads.safetensors");
  const heads = new Map(cases.map((found) => [
    found.name,
    { ...found, candidates: candidatesOf(batches[found.batch]!) },
  ]));
  const chosen = recorded.cases.flatMap(({ name }) => heads.get(name) ?? []);
  const network = await recordedNetwork(reference, chosen);
  const conditions = { network, stored, precision };
  try {
    for (const found of recorded.cases) {
      try {
        const head = heads.get(found.name);
        if (!head) throw new Error(`forward.json has no case "${found.name}" with its head.`);
        yield* await checkCase(found, head, batches[found.batch]!, conditions);
      } catch (error) {
        yield failedRow("gradients", found.name, error);
      }
    }
  } finally {
    network.dispose();
  }
}

async function checkCase(
  found: GradientCase,
  head: ForwardCase & { readonly candidates: number },
  recorded: RecordedBatch,
  conditions: Conditions,
): Promise<ComparisonRow[]> {
  const { network, precision } = conditions;
  const task = taskOfHead(head);
  const settings: StepSettings = {
    task,
    head: task.head,
    candidates: head.candidates,
    dropout: 0,
    precision,
    optimizer: keeper,
    weightDecay: 0,
    decayEverything: false,
  };
  const rows: ComparisonRow[] = [];
  for (const way of ways) {
    const state = createState(network, keeper);
    try {
      const step = runStep(way, network, state, settings);
      const { loss, norm } = await step.run(batchOf(recorded), [0, 0, 0], [1, 1, 1]);
      step.dispose();
      rows.push(...compare(`${found.name}, ${way}`, found, { loss, norm, state }, conditions));
    } finally {
      Object.values(state).flat().forEach((variable) => variable.dispose());
    }
  }
  return rows;
}

function compare(
  what: string,
  found: GradientCase,
  actual: { readonly loss: number; readonly norm: number; readonly state: OptimizerState },
  { network, stored, precision }: Conditions,
): ComparisonRow[] {
  const limits = tolerances[precision];
  const loss = createMeter(limits.loss);
  loss.add("loss", actual.loss, found.loss, Math.max(1, found.loss));
  const unit = found.grad_norm || 1; // 0 where nothing can be learned
  const norm = createMeter(limits.globalNorm);
  norm.add("norm", actual.norm, found.grad_norm, unit);
  const [each, norms] = [createMeter(limits.gradients), createMeter(limits.gradientNorms)];
  const place = placesOf(found, network);
  for (const [name, size] of Object.entries(found.norm_of_each_gradient_f64)) {
    const parameter = place(name);
    const gradient = actual.state[parameter.path]![0]!.values();
    norms.add(name, Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0)), size, unit);
    const full = stored[`${found.name}.${name}`];
    if (!full) continue;
    const rows = stored[`${found.name}.${name}.rows`];
    const expected = rows
      ? wholeTable(full.values as Float32Array, rows.values as Int32Array, gradient.length)
      : recordedValues(full, parameter).values;
    each.add(name, gradient, expected, unit);
  }
  for (const name of found.parameters_without_gradient) {
    if (name === "head.alpha") continue; // never used by the reference program, not made here
    const gradient = actual.state[place(name).path]![0]!.values();
    each.add(name, gradient, new Float32Array(gradient.length), unit);
  }
  return [
    loss.row("gradients", what, "loss"),
    norm.row("gradients", what, "global norm / norm"),
    each.row("gradients", what, "gradients / norm"),
    norms.row("gradients", what, "norms of gradients / norm"),
  ];
}

/** Our parameter for a recorded name. */
function placesOf({ name }: GradientCase, { config }: Network): (recorded: string) => OurParameter {
  const encoder = encoderNames(config);
  return (recorded) => {
    const found = encoder.get(recorded);
    if (found) return found;
    const { path, transposed } = headParameter(recorded.replace(/^head\./, ""));
    return { path: `heads/${name}/${path}`, transposed };
  };
}

/** A table of `size` values whose rows are 0 but for the recorded ones. */
function wholeTable(values: Float32Array, rows: Int32Array, size: number): Float32Array {
  const table = new Float32Array(size);
  const width = values.length / rows.length;
  rows.forEach((row, i) => table.set(values.subarray(i * width, (i + 1) * width), row * width));
  return table;
}
