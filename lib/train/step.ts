/**
 * One training step of a task: forward, backward, clipping and update in one compiled function.
 *
 * @module
 */

import type { Tensor } from "../tensorflow/backend.ts";
import { valueAndGradients } from "../tensorflow/gradients.ts";
import { mean, multiply } from "../tensorflow/operations/arithmetic.ts";
import type { Precision } from "../tensorflow/operations/matmul.ts";
import { number, op, typeName } from "../tensorflow/operations/operation.ts";
import { randomSource } from "../tensorflow/operations/random.ts";
import type { FunctionInput } from "../tensorflow/functions.ts";
import { sideBySide } from "../tensorflow/side_by_side.ts";
import { compile, type Compiled, type InputSpec, type Tensors } from "../tensorflow/trace.ts";
import type { Network } from "../model/network.ts";
import { type Parameters, scope } from "../model/parameters.ts";
import { targetWidthOf, type Task } from "./task.ts";
import { type ChangeSettings, changesOf } from "./changes.ts";
import { clipFactor, globalNorm, type OptimizerState } from "./optimizers.ts";
import { sequences, shardSignature, shardsIn, stepBatchSignature } from "./inputs.ts";
import type { Head } from "../model/heads.ts";
import type { Batch, Features } from "../types.ts";

/** What a step is made of. */
export interface StepSettings extends ChangeSettings {
  readonly task: Task;
  readonly head: Head;
  /** Sequences per row: 1, or the candidates of a ranking task. */
  readonly candidates: number;
  /** Dropout of the head. */
  readonly dropout: number;
  /** Greatest global norm of the gradients; none when left out. */
  readonly clip?: number;
  /** Greatest norm of each parameter's gradient, after `clip`; none when left out. */
  readonly clipEach?: number;
  /** Leave everything as it is where the loss or the gradients are not finite. */
  readonly skipNonFinite?: boolean;
  readonly precision: Precision;
  /** Parameters that stay as they are. */
  readonly frozen?: (path: string) => boolean;
}

/** Inputs of a task's step. */
function stepSignature({ task, candidates }: StepSettings): Readonly<Record<string, InputSpec>> {
  const { words, shard } = stepBatchSignature(candidates, targetWidthOf(task));
  return { words, ...shardSignature(shard), ...RATES };
}

const RATES = {
  /** Learning rates of encoder, pooler and head. */
  rates: { type: "float32", shape: [3] },
  /** Updates of encoder, pooler and head so far, this one included. */
  counts: { type: "float32", shape: [3] },
} as const satisfies Readonly<Record<string, InputSpec>>;

/** What a step gives back. */
export interface StepOutputs extends Tensors {
  /** Mean loss of the batch. */
  readonly loss: Tensor;
  /** Global norm of the gradients before clipping. */
  readonly norm: Tensor;
}

/** A compiled step. */
export type CompiledStep = Compiled<Tensors, StepOutputs>;

/** Paths of the parameters that a task's step may change. */
export function learnedBy(network: Network, settings: StepSettings): string[] {
  const own = `heads/${settings.task.headOf}/`;
  return Object.keys(network.variables)
    .filter((path) => path.startsWith("encoder/") || path.startsWith(own))
    .filter((path) => !settings.frozen?.(path));
}

/**
 * The step as a plain function of tensors, run at once or traced. It changes the network's
 * variables and the optimiser's state.
 */
export function trainingStep(
  network: Network,
  state: OptimizerState,
  settings: StepSettings,
): (inputs: Tensors) => StepOutputs {
  const { table } = network.encoder;
  const learned = learnedBy(network, settings);
  const frozen = Object.keys(network.variables).filter((path) => settings.frozen?.(path));
  return (inputs) => {
    const { rates, counts, words } = inputs;
    const values = readOwn(network, [...learned, ...frozen], words!);
    const { loss, gradients } = learn(network, settings, learned, values, inputs);
    const norm = globalNorm(Object.values(gradients));
    const factor = settings.clip === undefined ? number(1) : clipFactor(norm, settings.clip);
    const apply = settings.skipNonFinite ? areFinite(loss, norm) : undefined;
    const change = changesOf(network, state, settings, { rates: rates!, counts: counts!, apply });
    const { [table]: ofTable, ...others } = gradients;
    const own = (gradient: Tensor) => clipOwn(gradient, factor, settings);
    change.all(Object.entries(others).map(([path, gradient]) => [path, gradient, own(gradient)]));
    if (ofTable) change.rows(table, words!, values[table]!, op("Mul", [ofTable, own(ofTable)]));
    return { loss, norm };
  };
}

/**
 * Mean loss of a batch and the gradients of what is learned, from its shards side by side: theirs
 * are added up in the type they come in, bfloat16 for the encoder's kernels where that is the
 * precision.
 */
function learn(
  network: Network,
  settings: StepSettings,
  learned: readonly string[],
  values: Parameters,
  inputs: Tensors,
): { loss: Tensor; gradients: Tensors } {
  const { shard } = stepBatchSignature(settings.candidates, targetWidthOf(settings.task));
  const { encoder, config } = network;
  const shared = encoder.withRoundedKernels(values, settings.precision);
  const specs = { ...shard, ...specsOfValues(shared, encoder.table) };
  const of = (given: Tensors, paths: readonly string[]) =>
    Object.fromEntries(paths.map((path) => [path, given[path]!]));
  const one = (given: Tensors): Tensors => {
    const batch = sequences({ ...given, tokens: given.places! });
    const { value, gradients } = valueAndGradients((learning) => {
      const parameters = { ...of(given, Object.keys(values)), ...learning };
      const run = { random: randomSource(given.seed!), precision: settings.precision };
      const encoded = encoder.encode(parameters, config, batch, run); // [s, t, d], [s, d]
      const at = scope(parameters, `heads/${settings.task.headOf}`);
      const logits = settings.head.logits(at, encoded, batch, settings.dropout, run); // [r, c]
      const losses = settings.task.objective.losses(logits, given.targets!); // [r]
      return multiply(mean(losses, [0]), given.share!);
    }, of(given, learned));
    return { [LOSS]: value, ...gradients };
  };
  const shards = shardsIn(inputs, shard).map((given) => ({ ...given, ...shared }));
  const { [LOSS]: loss, ...gradients } = sideBySide("gradients", specs, one, shards)
    .reduce((sums, more) =>
      Object.fromEntries(
        Object.entries(sums).map(([name, sum]) => [name, op("AddV2", [sum, more[name]!])]),
      )
    );
  return { loss: loss!, gradients };
}

/** Name of the loss among the gradients; paths of parameters have a slash. */
const LOSS = "loss";

/** What the values of parameters are; of the table as many rows as were read. */
function specsOfValues(values: Parameters, table: string): Record<string, FunctionInput> {
  return Object.fromEntries(
    Object.entries(values).map(([path, value]) => {
      const shape = path === table ? ["w", value.shape[1]!] : value.shape;
      return [path, { type: typeName(value), shape }];
    }),
  );
}

/** The parameters at `paths`; of the encoder's table only the rows `words` that a batch looks up. */
function readOwn(network: Network, paths: readonly string[], words: Tensor): Parameters {
  return Object.fromEntries(paths.map((path) => {
    const variable = network.variables[path]!;
    return [path, path === network.encoder.table ? variable.rows(words) : variable.read()];
  }));
}

/** The factor that also brings a gradient's own norm down to the limit, where there is one. */
function clipOwn(gradient: Tensor, factor: Tensor, { clipEach }: StepSettings): Tensor {
  if (clipEach === undefined) return factor;
  const norm = op("Mul", [globalNorm([gradient]), factor]);
  return op("Mul", [factor, clipFactor(norm, clipEach)]);
}

/** Whether both scalars are finite, a boolean scalar. */
function areFinite(loss: Tensor, norm: Tensor): Tensor {
  return op("LogicalAnd", [op("IsFinite", [loss]), op("IsFinite", [norm])]);
}

/**
 * Compiles the step of a task; one trace serves every batch.
 *
 * @example
 * ```ts ignore
 * const step = compileStep(network, state, settings);
 * const { loss, norm } = await step(inputs);
 * ```
 */
export function compileStep(
  network: Network,
  state: OptimizerState,
  settings: StepSettings,
): CompiledStep {
  return compile<Tensors, StepOutputs>(trainingStep(network, state, settings), {
    name: `step_${settings.task.name}`,
    signature: stepSignature(settings),
  });
}

/**
 * Compiles an update with a gradient of zero of the parameters at `paths`: what the reference
 * program does to parts that have no gradient in a batch but had one before.
 */
export function compileDrift(
  network: Network,
  state: OptimizerState,
  settings: StepSettings,
  paths: readonly string[],
): Compiled<Tensors, Tensors> {
  return compile<Tensors, Tensors>(({ rates, counts }) => {
    const change = changesOf(network, state, settings, { rates: rates!, counts: counts! });
    change.all(paths.map((path) => [path]));
    return {};
  }, {
    name: `drift_${settings.task.name}`,
    signature: RATES,
  });
}

/** A step whose loss or gradient is not finite; the network's values are spoilt with it. */
export class NonFiniteStep extends Error {
  override readonly name = "NonFiniteStep";
}

/** What a step found. */
export interface StepValues {
  readonly loss: number;
  /** Global norm of the gradients before clipping. */
  readonly norm: number;
}

/** Whether loss and gradients of a step are finite. */
export function isFinite({ loss, norm }: StepValues): boolean {
  return Number.isFinite(loss) && Number.isFinite(norm);
}

/** The error of a step that is not: it names step, task and the rows of the batch. */
export function nonFiniteStep(
  step: number,
  task: string,
  { loss, norm }: StepValues,
  batch: Batch,
  features: Features,
): NonFiniteStep {
  const ids = Array.from(batch.positions, (position) => features.ids[position]).join(", ");
  return new NonFiniteStep(
    `Training stopped at step ${step}: the loss of task "${task}" is ${loss} and the ` +
      `gradient's norm ${norm}; rows ${ids}. Try a smaller learning rate, or skip such steps ` +
      `with --non-finite skip.`,
  );
}
