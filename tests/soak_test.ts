import { assert, assertEquals } from "@std/assert";
import { ensureEncoder } from "../lib/hub/encoders.ts";
import { loadTokenizer } from "../lib/input/tokenizer.ts";
import { bert } from "../lib/model/bert.ts";
import { answer } from "../lib/model/heads.ts";
import { createNetwork, type Network } from "../lib/model/network.ts";
import { loadPretrained, withFreshPooler } from "../lib/model/pretrained.ts";
import { prepareSplit } from "../lib/run/dataset.ts";
import { createRandom } from "../lib/base/random.ts";
import { outputsOf, type Task } from "../lib/train/task.ts";
import { refinementTasks, tasks } from "../lib/tasks.ts";
import { startTensorFlow, tf } from "../lib/tensorflow/backend.ts";
import { handleCount } from "../lib/tensorflow/handles.ts";
import { createTrainer, type TrainingTask } from "../lib/train/trainer.ts";
import { toyFeatures } from "./support/toy.ts";
import { toyNetwork, toyOptions, toyTask } from "./train/toy_training.ts";

/**
 * `deno task soak` takes 5,000 steps of the default encoder on the sample's eight refinement tasks;
 * the gate a tenth of them with a toy encoder.
 */
const full = Deno.env.get("MT_DNN_SOAK") !== undefined;
const STEPS = full ? Number(Deno.env.get("MT_DNN_SOAK")) : 1500;
/** All sizes were met by then: oneDNN keeps code for each size of a matrix product. */
const SETTLED = full ? Math.min(500, STEPS / 2) : 500;
/** Steps that are compared with as many others. */
const WINDOW = Math.floor(SETTLED / 2);
/** More windows in which what disturbs the machine may pass; what grows with steps does not. */
const PATIENCE = 20;

interface Training {
  readonly network: Network;
  readonly trained: readonly TrainingTask[];
  readonly batchSize: number;
}

function toys(): Training {
  const trained = [
    toyTask(tasks.rte),
    toyTask(tasks.stsb),
    toyTask(tasks.mnli as Task, { head: answer(), features: toyFeatures(128, 3, 5) }),
  ];
  return { network: toyNetwork(trained), trained, batchSize: 4 };
}

async function real(): Promise<Training> {
  const folder = await ensureEncoder("all-MiniLM-L6-v2");
  const encoder = withFreshPooler(await loadPretrained(folder), createRandom("pooler"));
  const tokenizer = await loadTokenizer(encoder.tokenizerFile, bert.specials);
  const network = createNetwork(encoder.config, encoder.parameters);
  const options = { data: "data/sample", tokenizer, maxLength: 64 };
  const trained: TrainingTask[] = [];
  for (const name of refinementTasks) {
    const task: Task = tasks[name];
    const { features } = await prepareSplit(task, "train", options);
    trained.push({ task, head: task.refineHead, features });
    network.addHead(task.headOf, task.refineHead, outputsOf(task), createRandom(1));
  }
  return { network, trained, batchSize: 8 };
}

/** A tenth of the values lie below: what a step takes where nothing else disturbs it. */
const undisturbed = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 10)]!;

/** Seconds of work that is always the same, by which the speed of a shared machine is known. */
function yardstick(): number {
  const started = performance.now();
  let sum = 0;
  for (let i = 0; i < 300_000; i++) sum += Math.sqrt(i);
  assert(sum > 0);
  return (performance.now() - started) / 1000;
}

Deno.test(`${STEPS} steps take no more memory, tensors or time than the first ${SETTLED}`, async () => {
  await startTensorFlow();
  const { network, trained, batchSize } = full ? await real() : toys();
  const maxSteps = STEPS + PATIENCE * WINDOW;
  const options = toyOptions({ epochs: 10_000, batchSize, maxSteps, learningRate: 1e-4 });
  const trainer = createTrainer(network, trained, options);
  const seconds: number[] = [];
  const yardsticks: number[] = [];
  // JavaScript's own heap comes and goes with its collector
  const resident = () => Deno.memoryUsage().rss - Deno.memoryUsage().heapTotal;
  const counts = () => [tf.memory().numTensors, handleCount()];
  const change = (values: readonly number[]) =>
    undisturbed(values.slice(-WINDOW)) / undisturbed(values.slice(SETTLED - WINDOW, SETTLED));
  let settled = { memory: 0, counts: [0, 0] };
  let [growth, slower] = [Infinity, Infinity];
  for await (const step of trainer.steps()) {
    seconds.push(step.seconds);
    yardsticks.push(yardstick());
    if (step.step === SETTLED) settled = { memory: resident(), counts: counts() };
    if (full && step.step % 500 === 0) {
      console.info(`step ${step.step}: ${(resident() / 2 ** 20).toFixed(0)} MiB, ${counts()}`);
    }
    if (step.step < STEPS || (step.step - STEPS) % WINDOW !== 0) continue;
    growth = resident() / settled.memory - 1;
    slower = change(seconds) / change(yardsticks);
    console.info(
      `step ${step.step}: memory ${(100 * growth).toFixed(1)} % over that at step ${SETTLED}; ` +
        `time of a step ${slower.toFixed(2)} of that before`,
    );
    if (growth < 0.03 && slower < 1.5) break;
  }
  assertEquals(counts(), settled.counts);
  assert(growth < 0.03, `resident memory grew by ${(100 * growth).toFixed(1)} %`);
  assert(slower < 1.5, `steps became ${slower.toFixed(2)} times as slow`);
  trainer.dispose();
  network.dispose();
});
