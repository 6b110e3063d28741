/**
 * A model as a script has it: an encoder in TensorFlow's memory with the heads of some tasks, made,
 * saved and loaded whole.
 *
 * @module
 */

import { join } from "node:path";
import { createRandom, split } from "../base/random.ts";
import { ignoreMissing } from "../base/disk.ts";
import { quote, reasonOf } from "../base/quote.ts";
import { DEFAULT_ENCODER, ensureEncoder } from "../hub/encoders.ts";
import { loadTokenizer, type Tokenizer } from "../input/tokenizer.ts";
import { loadCheckpoint, saveCheckpoint } from "../model/checkpoint.ts";
import { encoderOf } from "../model/encoders.ts";
import { createNetwork, type Network } from "../model/network.ts";
import {
  loadPretrained,
  type Pretrained,
  savePretrained,
  withFreshPooler,
} from "../model/pretrained.ts";
import { startTensorFlow } from "../tensorflow/backend.ts";
import { outputsOf, type Task } from "../train/task.ts";
import { describeTask, identityOf } from "./identity.ts";

/** An encoder's weights with its tokenizer. */
export interface LoadedEncoder extends Pretrained {
  /** Cuts texts into the pieces that the encoder knows. */
  readonly tokenizer: Tokenizer;
}

/** An encoder in TensorFlow's memory, with a head for each of some tasks. */
export interface Model extends Disposable {
  /** What the encoder's folder says of it. */
  readonly encoder: Omit<LoadedEncoder, "parameters">;
  /** The tasks that it has a head for. */
  readonly tasks: readonly Task[];
  /** Its variables, by path. */
  readonly network: Network;
}

/**
 * Loads an encoder, fetched on first use; a pooler that it lacks starts as BERT's does.
 *
 * @param name "all-MiniLM-L6-v2", a folder with config.json, model.safetensors and tokenizer.json, or
 * a model on the Hugging Face hub, as "owner/name" or "owner/name@revision".
 * @throws one sentence when it can't be found, fetched or used.
 *
 * @example
 * ```ts
 * import { loadEncoder } from "./model.ts";
 * const { config, tokenizer } = await loadEncoder();
 * console.log(config.width, tokenizer.size); // 384, 30522
 * ```
 */
export async function loadEncoder(name: string = DEFAULT_ENCODER): Promise<LoadedEncoder> {
  const encoder = withFreshPooler(
    await loadPretrained(await ensureEncoder(name)),
    createRandom("pooler"),
  );
  const { specials } = encoderOf(encoder.config);
  return { ...encoder, tokenizer: await loadTokenizer(encoder.tokenizerFile, specials) };
}

/**
 * Puts an encoder into TensorFlow's memory, with a fresh head for each task; dispose it, or declare
 * it with `using`.
 *
 * @throws one sentence when TensorFlow's library can't be found or fetched, or two tasks have the same
 * name.
 *
 * @example
 * ```ts
 * import { tasks } from "../tasks.ts";
 * import { createModel, loadEncoder } from "./model.ts";
 * using model = await createModel(await loadEncoder(), [tasks.rte, tasks.stsb]);
 * model.network.hasHead("rte"); // true
 * ```
 */
export async function createModel(
  encoder: LoadedEncoder,
  tasks: readonly Task[],
  options: {
    /** Of the heads' first values; 1 when left out. */
    readonly seed?: number;
  } = {},
): Promise<Model> {
  await startTensorFlow();
  const { parameters, ...rest } = encoder;
  const network = createNetwork(encoder.config, parameters);
  const random = split(createRandom(options.seed ?? 1), "heads");
  try {
    for (const task of tasks) network.addHead(task.name, task.head, outputsOf(task), random);
  } catch (error) {
    network.dispose();
    throw error;
  }
  return { encoder: rest, tasks, network, [Symbol.dispose]: () => network.dispose() };
}

/** Folder of the heads below a model's. */
const HEADS = "heads";

/**
 * Saves a model whole: the folder is an encoder's, which transformers and `loadEncoder` read, and
 * below it lie the heads with what they decide.
 *
 * @throws one sentence when the disk refuses; what was there before is then still there.
 *
 * @example
 * ```ts
 * import { tasks } from "../tasks.ts";
 * import { createModel, loadEncoder, saveModel } from "./model.ts";
 * const folder = await Deno.makeTempDir();
 * using model = await createModel(await loadEncoder(), [tasks.rte]);
 * await saveModel(model, folder); // about 90 MB: the encoder's folder, with heads/ in it
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function saveModel(model: Model, folder: string): Promise<void> {
  const { network, encoder, tasks } = model;
  await refuseOthers(folder);
  const aside = `${folder.replace(/(?<=.)\/+$/, "")}.${crypto.randomUUID()}.tmp`;
  try {
    const parameters = network.values("encoder/");
    await savePretrained(aside, { ...encoder, parameters });
    await saveCheckpoint(join(aside, HEADS), {
      parameters: network.values("heads/"),
      state: { tasks: tasks.map(describeHead) },
    });
    await Deno.rename(folder, `${aside}.old`).catch(ignoreMissing);
    await Deno.rename(aside, folder);
  } catch (cause) {
    await Deno.remove(aside, { recursive: true }).catch(ignoreMissing);
    await Deno.rename(`${aside}.old`, folder).catch(ignoreMissing);
    throw new Error(`Cannot save the model to "${folder}": ${reasonOf(cause)}.`, { cause });
  }
  await Deno.remove(`${aside}.old`, { recursive: true }).catch(ignoreMissing);
}

/** A folder that holds something else than a model is not replaced by one. */
async function refuseOthers(folder: string): Promise<void> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound && folder !== "") return;
    throw new Error(`Cannot save a model to "${folder}": expected a folder, or a new name.`, {
      cause,
    });
  }
  if (names.length === 0 || names.includes(HEADS)) return;
  throw new Error(
    `Cannot save a model to "${folder}": it holds other files, as ${
      quote(names.sort()[0])
    }; name ` +
      `a new folder, or one of a model.`,
  );
}

/**
 * Loads what {@linkcode saveModel} saved; the tasks are given again, as their records are code.
 *
 * @throws one sentence when the folder holds no model, or a task that it has no head for, or with
 * another head, labels or order of labels.
 *
 * @example
 * ```ts
 * import { tasks } from "../tasks.ts";
 * import { createModel, loadEncoder, loadModel, saveModel } from "./model.ts";
 * const folder = await Deno.makeTempDir();
 * using model = await createModel(await loadEncoder(), [tasks.rte, tasks.stsb]);
 * await saveModel(model, folder);
 * using again = await loadModel(folder, [tasks.stsb]); // may be some of the tasks
 * again.network.hasHead("stsb"); // true
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function loadModel(folder: string, tasks: readonly Task[]): Promise<Model> {
  const { parameters, state } = await loadCheckpoint(join(folder, HEADS)).catch((cause) => {
    if (!/there is no checkpoint/.test(cause.message)) throw cause;
    throw new Error(
      `Cannot load the model "${folder}": it has no heads; give a folder that saveModel wrote.`,
      { cause },
    );
  });
  const saved = new Map(
    (state.tasks as ReturnType<typeof describeHead>[]).map((task) => [task.name, task]),
  );
  for (const task of tasks) {
    const found = saved.get(task.name);
    if (found !== undefined && identityOf(found) === identityOf(describeHead(task))) continue;
    throw new Error(
      found === undefined
        ? `Model "${folder}" has no head for task "${task.name}": it has ${[...saved.keys()]}.`
        : `Model "${folder}" has another head for task "${task.name}": with labels ` +
          `${quote(found.labels)} and head ${quote(found.head)}; give the task as it was saved.`,
    );
  }
  const model = await createModel(await loadEncoder(folder), tasks);
  const own = Object.entries(parameters)
    .filter(([path]) => tasks.some(({ name }) => path.startsWith(`heads/${name}/`)));
  model.network.load(Object.fromEntries(own));
  return model;
}

/**
 * The task of that name that a model has a head for.
 *
 * @throws one sentence when it has none, or one of a task with other labels or another head.
 */
export function taskIn({ tasks }: Model, given: string | Task): Task {
  const name = typeof given === "string" ? given : given.name;
  const found = tasks.find((task) => task.name === name);
  if (!found) {
    const known = tasks.map((task) => task.name).join(", ");
    throw new Error(`The model has no head for task "${name}": it has ${known || "none"}.`);
  }
  if (typeof given === "string" || found === given) return found;
  if (identityOf(describeHead(found)) === identityOf(describeHead(given))) return found;
  throw new Error(
    `The model's task "${name}" has labels ${quote(found.labels)} and head ` +
      `${quote(found.head.name)}, the one given ${quote(given.labels)} and ` +
      `${quote(given.head.name)}: give the task that the model was made with.`,
  );
}

/** What has to be the same for a head to decide what it learned. */
function describeHead(task: Task) {
  const { labels, head } = describeTask(task, task.head, []);
  return { name: task.name, labels, head };
}
