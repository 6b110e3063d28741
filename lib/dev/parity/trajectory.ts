/**
 * Parity of training: recorded runs of some steps, with the library's own step and its own counting
 * of steps.
 *
 * @module
 */

import { createNetwork, type Network } from "../../model/network.ts";
import { scope } from "../../model/parameters.ts";
import { createRandom } from "../../base/random.ts";
import { startTensorFlow } from "../../tensorflow/backend.ts";
import type { Precision } from "../../tensorflow/operations/matmul.ts";
import { createParts, type Parts } from "../../train/progress.ts";
import { batchSignature, batchTensors, sequences } from "../../train/inputs.ts";
import { createState, type OptimizerState } from "../../train/optimizers.ts";
import type { StepSettings } from "../../train/step.ts";
import { batchOf, candidatesOf, type RecordedBatch } from "./batches.ts";
import { type ComparisonRow, createMeter, failedRow } from "./compare.ts";
import { encoderNames, headValues, type RecordedHead, taskOfHead } from "./heads.ts";
import { recordedEncoder } from "./network.ts";
import {
  optimizerOf,
  type RecordedRun,
  type RecordedStep,
  type RecordedTrajectories,
} from "./runs.ts";
import { compareFinal, type FinalValues } from "./final.ts";
import type { Reference, Stored } from "./reference.ts";
import { scheduleNamed } from "./schedule.ts";
import { type RunnableStep, runStep } from "./steps.ts";
import { tolerances } from "./tolerances.ts";
import { bothWays, type Way, ways } from "./ways.ts";

/** What every run needs: the recorded files, and how products are computed. */
interface Recorded {
  readonly precision: Precision;
  readonly encoder: Awaited<ReturnType<typeof recordedEncoder>>;
  readonly batches: Readonly<Record<string, RecordedBatch>>;
  readonly heads: Stored;
  readonly final: Stored;
}

/** What of the recorded runs to repeat, and how. */
export interface TrajectoryOptions {
  /** All runs when left out. */
  readonly names?: readonly string[];
  /** Both ways when left out. */
  readonly ways?: readonly Way[];
  /** float32 when left out. */
  readonly precision?: Precision;
}

/** Repeats every recorded run both ways, or only some of them. */
export async function* checkTrajectories(
  reference: Reference,
  chosen: TrajectoryOptions = {},
): AsyncGenerator<ComparisonRow> {
  await startTensorFlow();
  const { runs, batches } = await reference.json<RecordedTrajectories>("trajectory.json");
  const recorded: Recorded = {
    precision: chosen.precision ?? "float32",
    encoder: await recordedEncoder(reference),
    batches,
    heads: await reference.tensors("trajectory_heads.safetensors"),
    final: await reference.tensors("trajectory_final.safetensors"),
  };
  for (const run of runs.filter(({ name }) => chosen.names?.includes(name) ?? true)) {
    for (const way of chosen.ways ?? ways) {
      const what = `${run.name}, ${way}`;
      try {
        yield* await checkRun(what, run, way, recorded);
      } catch (error) {
        yield failedRow("trajectory", what, error);
      }
    }
  }
}

async function checkRun(
  what: string,
  run: RecordedRun,
  way: Way,
  recorded: Recorded,
): Promise<ComparisonRow[]> {
  const { config, parameters } = recorded.encoder;
  const heads = headsOf(run, recorded);
  const network = createNetwork(config, parameters);
  try {
    for (const [id, head] of heads) {
      const { name, outputs } = head;
      network.addHead(name, taskOfHead(head).head, outputs, createRandom(1));
      network.load(headValues(recorded.heads, `${run.initial_heads}.scoring_list.${id}.`, name));
    }
    const state = createState(network, optimizerOf(run.hyperparameters));
    const parts = partsOf(run, network, state);
    const settings = new Map([...heads].map(([id, head]) => [
      id,
      settingsOf(run, head, network, recorded),
    ]));
    try {
      const rows = await takeSteps(what, run, way, recorded, { network, state, settings, parts });
      const logits = await finalLogits(run, way, heads, recorded, network);
      const { precision } = recorded;
      const trained: FinalValues = { network, state, settings, parts, logits, precision };
      return [...rows, ...compareFinal(what, run, trained, recorded.batches, recorded.final)];
    } finally {
      parts.dispose();
      Object.values(state).flat().forEach((variable) => variable.dispose());
    }
  } finally {
    network.dispose();
  }
}

/** The reference program's way of counting steps, with the run's own schedule. */
function partsOf(run: RecordedRun, network: Network, state: OptimizerState): Parts {
  const { learning_rate: learningRate, warmup: warmUp, t_total: total, schedule: name } =
    run.hyperparameters;
  const schedule = scheduleNamed(name);
  const idlePartsDrift = run.unused_task_gradients.startsWith("zero");
  const options = { learningRate, schedule, warmUp, stepsPerPart: true, idlePartsDrift };
  return createParts(network, state, options, total);
}

/** The run's heads by the number of their task. */
function headsOf(run: RecordedRun, { batches }: Recorded): Map<number, RecordedHead> {
  const options = { answer_num_turn: run.hyperparameters.answer_num_turn };
  return new Map(run.tasks.map(({ task, task_id: id, head, outputs }) => {
    const batch = Object.values(batches).find((batch) => batch.task === task);
    const candidates = batch ? candidatesOf(batch) : 1;
    return [id, { name: `task_${id}`, head, outputs, candidates, options }];
  }));
}

function settingsOf(
  run: RecordedRun,
  head: RecordedHead,
  { config }: Network,
  { precision }: Recorded,
): StepSettings {
  const { hyperparameters: chosen } = run;
  const names = encoderNames(config);
  const frozen = new Set(
    Object.entries(run.optimizer_steps_per_parameter)
      .filter(([, steps]) => steps === null).map(([name]) => names.get(name)?.path),
  );
  const task = taskOfHead(head);
  return {
    task,
    head: task.head,
    candidates: head.candidates,
    dropout: 0,
    precision,
    optimizer: optimizerOf(chosen),
    weightDecay: chosen.weight_decay,
    decayEverything: chosen.weight_decay_groups.every((group) =>
      group.weight_decay > 0 || group.parameters === 0
    ),
    ...(chosen.global_grad_clipping > 0 && { clip: chosen.global_grad_clipping }),
    ...(chosen.per_parameter_grad_clipping > 0 && {
      clipEach: chosen.per_parameter_grad_clipping,
    }),
    frozen: (path) => frozen.has(path),
  };
}

async function takeSteps(
  what: string,
  run: RecordedRun,
  way: Way,
  { batches, precision }: Recorded,
  { network, state, settings, parts }: Pick<
    FinalValues,
    "network" | "state" | "settings" | "parts"
  >,
): Promise<ComparisonRow[]> {
  const limits = tolerances[precision];
  const [losses, norms] = [createMeter(limits.losses), createMeter(limits.norms)];
  const rates = createMeter({ relative: 1e-9 });
  const steps = new Map<number, RunnableStep>();
  try {
    for (const found of run.steps) {
      const name = `step ${found.step}`;
      const own = settings.get(found.task_id)!;
      const step = steps.get(found.task_id) ?? runStep(way, network, state, own);
      steps.set(found.task_id, step);
      compareRates(name, found, { settings, parts }, rates);
      const inputs = parts.before(own);
      const actual = await step.run(batchOf(batches[found.batch]!), inputs.rates, inputs.counts);
      await parts.after(own);
      losses.add(name, actual.loss, found.loss, Math.max(1, found.loss));
      norms.add(name, actual.norm, found.grad_norm);
    }
  } finally {
    steps.forEach((step) => step.dispose());
  }
  return [
    rates.row("trajectory", what, "learning rates"),
    losses.row("trajectory", what, "losses"),
    norms.row("trajectory", what, "gradient norms"),
  ];
}

/** The rate of every part that is updated in this step; it is null where a part is not. */
function compareRates(
  name: string,
  { lr }: RecordedStep,
  { settings, parts }: { readonly settings: FinalValues["settings"]; readonly parts: Parts },
  meter: ReturnType<typeof createMeter>,
): void {
  for (const [id, own] of settings) {
    const { rates } = parts.before(own);
    const recorded = [lr.embeddings, lr.encoder, lr.pooler, lr[`head_${id}`]];
    [rates[0], rates[0], rates[1], rates[2]].forEach((rate, i) => {
      const expected = recorded[i];
      if (typeof expected === "number") meter.add(`${name}, head ${id}`, rate, expected);
    });
  }
}

/** Logits of the trained network for the recorded batches, by batch. */
async function finalLogits(
  run: RecordedRun,
  way: Way,
  heads: ReadonlyMap<number, RecordedHead>,
  { batches, precision }: Recorded,
  network: Network,
): Promise<Map<string, Float32Array>> {
  const logits = new Map<string, Float32Array>();
  for (const name of Object.keys(run.final_logits)) {
    const { task_id: id } = run.tasks.find(({ task }) => task === batches[name]!.task)!;
    const head = heads.get(id)!;
    const found = await bothWays({
      name: `final_${name}`,
      body: (inputs) => {
        const parameters = network.read();
        const batch = sequences(inputs);
        const { encoder, config } = network;
        const encoded = encoder.encode(parameters, config, batch, { precision });
        const at = scope(parameters, `heads/${head.name}`);
        return { logits: taskOfHead(head).head.logits(at, encoded, batch, 0, { precision }) };
      },
      signature: batchSignature(head.candidates),
    }, { ...batchTensors(batchOf(batches[name]!)) });
    logits.set(name, found[way].logits!);
  }
  return logits;
}
