import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { collate } from "../../lib/input/batches.ts";
import { answer } from "../../lib/model/heads.ts";
import type { Network } from "../../lib/model/network.ts";
import { tasks } from "../../lib/tasks.ts";
import { type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import type { Tensors } from "../../lib/tensorflow/trace.ts";
import { stepInputs } from "../../lib/train/inputs.ts";
import {
  adamax,
  createState,
  type Optimizer,
  type OptimizerState,
} from "../../lib/train/optimizers.ts";
import {
  compileDrift,
  compileStep,
  learnedBy,
  type StepOutputs,
  type StepSettings,
  trainingStep,
} from "../../lib/train/step.ts";
import { leavingNothing } from "../tensorflow/support.ts";
import { toyFeatures } from "../support/toy.ts";
import { toyNetwork, toyTask } from "./toy_training.ts";

const features = toyFeatures(8, 2);
const ALL = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const RATES = [0.01, 0.02, 0.03] as const;

/** Keeps the gradient it is given and changes nothing. */
const keeper: Optimizer = {
  name: "keeper",
  slots: ["gradient"],
  update: (value, gradient) => ({ value, state: [gradient] }),
};

function settingsOf(changes: Partial<StepSettings> = {}): StepSettings {
  return {
    ...{ task: tasks.rte, head: tasks.rte.head, candidates: 1, dropout: 0, optimizer: adamax },
    ...{ weightDecay: 0.1, decayEverything: false, precision: "float32" },
    ...changes,
  };
}

/** A network without dropout, with heads of two tasks. */
function quietNetwork(settings: StepSettings): Network {
  const network = toyNetwork([
    toyTask(tasks.rte, { head: settings.head, features }),
    toyTask(tasks.cola, { features }),
  ]);
  return { ...network, config: { ...network.config, dropout: 0, attentionDropout: 0 } };
}

function inputsOf(seed: number, rows: readonly number[]): Tensors {
  return stepInputs(collate(features, rows), [[seed, 1], [seed + 1, 1]], RATES, [1, 1, 1]);
}

interface Taken {
  readonly loss: number;
  readonly norm: number;
}

/** Takes one step, at once or compiled. */
async function take(
  network: Network,
  state: OptimizerState,
  settings: StepSettings,
  { compiled = false, seed = 0, rows = ALL as readonly number[] } = {},
): Promise<Taken> {
  const inputs = inputsOf(seed, rows);
  const outputs = compiled
    ? await takeCompiled(network, state, settings, inputs)
    : tf.tidy(() =>
      trainingStep(network, state, settings)(inputs) as unknown as Record<string, Tensor>
    );
  const [loss, norm] = [outputs.loss!.dataSync()[0]!, outputs.norm!.dataSync()[0]!];
  tf.dispose([outputs as Record<string, Tensor>, inputs as Record<string, Tensor>]);
  return { loss, norm };
}

async function takeCompiled(
  network: Network,
  state: OptimizerState,
  settings: StepSettings,
  inputs: Tensors,
): Promise<StepOutputs> {
  const step = compileStep(network, state, settings);
  const outputs = await step(inputs);
  step.dispose();
  return outputs;
}

/** Lends a network, the optimiser's state, and what they hold by path. */
function withNetwork(
  settings: StepSettings,
  use: (network: Network, state: OptimizerState) => unknown,
): Promise<void> {
  return leavingNothing(async () => {
    const network = quietNetwork(settings);
    const state = createState(network, settings.optimizer);
    await use(network, state);
    Object.values(state).flat().forEach((variable) => variable.dispose());
    network.dispose();
  });
}

/** Gradients of the batch by path, with the loss and their global norm. */
async function gradientsOf(changes: Partial<StepSettings> = {}, rows?: readonly number[]) {
  const settings = settingsOf({ optimizer: keeper, ...changes });
  const gradients: Record<string, Float32Array> = {};
  let found: Taken | undefined;
  await withNetwork(settings, async (network, state) => {
    found = await take(network, state, settings, rows && { rows, compiled: true });
    for (const path of learnedBy(network, settings)) gradients[path] = state[path]![0]!.values();
  });
  return { gradients, ...found! };
}

const lengthOf = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** Fails unless every parameter is what `expected` makes of its old value and gradient. */
async function assertUpdates(
  settings: StepSettings,
  gradients: Readonly<Record<string, Float32Array>>,
  factorOf: (path: string) => number,
  compiled: boolean,
): Promise<void> {
  await withNetwork(settings, async (network, state) => {
    const before = network.values();
    await take(network, state, settings, { compiled });
    for (const [path, gradient] of Object.entries(gradients)) {
      const rate = path.startsWith("heads/") ? RATES[2] : RATES[path.includes("/pooler/") ? 1 : 0];
      const spared = /\/(bias|scale|shift)$/.test(path) && !settings.decayEverything;
      const decay = spared ? 0 : settings.weightDecay;
      const values = network.variables[path]!.values();
      const factor = factorOf(path);
      gradient.forEach((slope, i) => {
        const clipped = factor * slope;
        const u = Math.abs(clipped) + 1e-6; // the first step of Adamax
        const old = before[path]!.values[i]!;
        const expected = old - rate * (0.1 * clipped / (u + 1e-6) + decay * old);
        // gradients that are rounding noise are divided by their own size
        if (Math.abs(slope) <= 1e-5 && slope !== 0) return;
        const gap = Math.abs(values[i]! - expected);
        if (gap > 2e-6) throw new Error(`${path} ${i} is ${values[i]}, expected ${expected}`);
      });
    }
  });
}

const clippings: Readonly<Record<string, Partial<StepSettings>>> = {
  "without clipping": {},
  "clipped to a global norm": { clip: 0.05 },
  "clipped to a global norm, then each": { clip: 0.05, clipEach: 0.01 },
  "with decay of everything": { decayEverything: true },
};

for (const [what, changes] of Object.entries(clippings)) {
  for (const compiled of [false, true]) {
    Deno.test(`a step ${what} updates as its formula says, ${compiled ? "compiled" : "eager"}`, async () => {
      const settings = settingsOf(changes);
      const { gradients, norm } = await gradientsOf();
      const global = settings.clip ? Math.min(1, settings.clip / (norm + 1e-6)) : 1;
      const factorOf = (path: string) => {
        const own = global * lengthOf(gradients[path]!);
        return global * (settings.clipEach ? Math.min(1, settings.clipEach / (own + 1e-6)) : 1);
      };
      await assertUpdates(settings, gradients, factorOf, compiled);
    });
  }
}

Deno.test("a step gives the gradients' global norm before clipping, whatever the limit", async () => {
  const { gradients, norm } = await gradientsOf();
  const all = Math.hypot(...Object.values(gradients).map(lengthOf));
  assertAlmostEquals(norm, all, 1e-5 * all);
  const clipped = await gradientsOf({ clip: 0.01 });
  assertAlmostEquals(clipped.norm, norm, 1e-5 * norm);
  const left = Math.hypot(...Object.values(clipped.gradients).map(lengthOf));
  assertAlmostEquals(left, 0.01, 1e-5);
});

for (const rows of [[3], [0, 6], [5, 1, 4]]) {
  Deno.test(`loss and gradients of ${rows.length} rows are the means of each row's own`, async () => {
    const whole = await gradientsOf({}, rows);
    const each: Awaited<ReturnType<typeof gradientsOf>>[] = [];
    for (const row of rows) each.push(await gradientsOf({}, [row, row]));
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / rows.length;
    assertAlmostEquals(whole.loss, mean(each.map(({ loss }) => loss)), 1e-5);
    for (const [path, gradient] of Object.entries(whole.gradients)) {
      gradient.forEach((slope, i) => {
        const expected = mean(each.map(({ gradients }) => gradients[path]![i]!));
        assertAlmostEquals(slope, expected, 1e-5);
      });
    }
  });
}

Deno.test("a step leaves other heads and frozen parameters alone", async () => {
  const frozen = (path: string) => path.startsWith("encoder/layer_0/");
  const settings = settingsOf({ frozen });
  await withNetwork(settings, async (network, state) => {
    const before = network.values();
    await take(network, state, settings);
    const moved = Object.keys(before).filter((path) =>
      `${network.variables[path]!.values()}` !== `${before[path]!.values}`
    );
    assertEquals(moved.filter((path) => frozen(path) || path.startsWith("heads/cola/")), []);
    assert(moved.includes("encoder/embeddings/word"));
    assert(moved.includes("encoder/layer_1/output/kernel"));
    assert(moved.includes("heads/rte/output/kernel"));
  });
});

Deno.test("a step of an answer head leaves the pooler alone, which it does not use", async () => {
  const settings = settingsOf({ head: answer({ turns: 2 }) });
  await withNetwork(settings, async (network, state) => {
    const before = network.values("encoder/pooler/");
    await take(network, state, settings);
    assertEquals(network.values("encoder/pooler/"), before);
  });
});

Deno.test("a step repeats its dropout from the seed, eager and compiled alike", async () => {
  const settings = settingsOf({ dropout: 0.5, optimizer: keeper });
  await withNetwork(settings, async (quiet, state) => {
    const network = { ...quiet, config: { ...quiet.config, dropout: 0.2, attentionDropout: 0.2 } };
    const loss = async (seed: number, compiled = false) =>
      (await take(network, state, settings, { seed, compiled })).loss;
    const [first, second] = [await loss(1), await loss(2)];
    assertEquals(await loss(1), first);
    assert(first !== second);
    assertAlmostEquals(await loss(1, true), first, 1e-6);
    assertAlmostEquals(await loss(2, true), second, 1e-6);
  });
});

Deno.test("compileDrift() moves parameters by their momentum and decay alone", async () => {
  const settings = settingsOf();
  await withNetwork(settings, async (network, state) => {
    const path = "heads/rte/output/kernel";
    await take(network, state, settings);
    const [old, [m, u]] = [network.variables[path]!.values(), state[path]!.map((s) => s.values())];
    const drift = compileDrift(network, state, settings, [path]);
    const inputs = { rates: tf.tensor1d([0, 0, 0.5]), counts: tf.tensor1d([2, 2, 2]) };
    await drift(inputs);
    tf.dispose(inputs);
    drift.dispose();
    network.variables[path]!.values().forEach((value, i) => {
      const next = Math.max(0.999 * u![i]!, 1e-6);
      const expected = old[i]! - 0.5 * (0.9 * m![i]! / (next + 1e-6) + 0.1 * old[i]!);
      assertAlmostEquals(value, expected, 1e-5);
    });
  });
});
