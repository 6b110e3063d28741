/**
 * Checkpoints: parameters, optimiser state and the state of a run, saved so that a stop at any
 * moment leaves either the old checkpoint or the new one, and loaded only when whole.
 *
 * A folder holds `parameters-<hash>.safetensors`, perhaps `optimizer-<hash>.safetensors`, and
 * `checkpoint.json`, which names both with length and sha256. Renaming that last file into place
 * is what makes a checkpoint the folder's own; files it no longer names are removed after.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { readWhole, textOf, writeAside, type Written } from "../base/disk.ts";
import { quote, reasonOf, several } from "../base/quote.ts";
import { decode, encodeSafetensors, type StoredTensor } from "../base/safetensors.ts";

/** Parameters in memory outside the tensor library: path to shape and float32 values. */
export type StoredParameters = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>
>;

/** Optimiser state in memory: as parameters, but counters may be whole numbers. */
export type StoredOptimizer = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: Float32Array | Int32Array }>
>;

/** What a run needs to go on exactly where it was, or a prediction to be made. */
export interface Checkpoint {
  readonly parameters: StoredParameters;
  /** Moments by name; absent where the checkpoint is only to be used, not to be continued. */
  readonly optimizer?: StoredOptimizer;
  /** Anything JSON can hold: step, epoch, best scores, configuration. */
  readonly state: Readonly<Record<string, unknown>>;
}

const index = "checkpoint.json";
const ours =
  /^(parameters|optimizer)-[0-9a-f]{16}\.safetensors$|^(parameters|optimizer|checkpoint)\.[0-9a-f-]{36}\.tmp$/;

/**
 * Saves a checkpoint in a folder, in place of the one that was there. One process at a time.
 *
 * Throws where the state holds what JSON cannot (NaN, undefined, a Map, ...) and where the disk
 * refuses; the old checkpoint is then still there.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const parameters = { "head/bias": { shape: [2], values: Float32Array.of(1, 2) } };
 * await saveCheckpoint(folder, { parameters, state: { step: 7 } });
 * assertEquals((await loadCheckpoint(folder)).state, { step: 7 });
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const { parameters, optimizer, state } = checkpoint;
  refuseUnlikeJson(state, "state");
  await Deno.mkdir(folder, { recursive: true });
  const files: Record<string, { file: string } & Written> = {};
  for (const [part, arrays] of Object.entries({ parameters, optimizer })) {
    if (arrays === undefined) continue;
    const name = (sha256: string) => `${part}-${sha256.slice(0, 16)}.safetensors`;
    const written = await writeAside(
      join(folder, part),
      encodeSafetensors(toTensors(arrays)),
      (sha256) => join(folder, name(sha256)),
    );
    files[part] = { file: name(written.sha256), ...written };
  }
  const sha256 = hashOf({ files, state });
  const text = new TextEncoder().encode(
    JSON.stringify({ format: 2, files, state, sha256 }, null, 2) + "\n",
  );
  await writeAside(join(folder, "checkpoint"), [text], () => join(folder, index));
  const named = new Set(Object.values(files).map(({ file }) => file));
  for await (const { name } of Deno.readDir(folder)) {
    if (ours.test(name) && !named.has(name)) await Deno.remove(join(folder, name));
  }
}

/**
 * Loads the checkpoint of a folder. `optimizer: false` spares reading the optimiser state.
 *
 * Throws where there is none, and where a file is missing, cut off or changed.
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { loadCheckpoint } from "./checkpoint.ts";
 *
 * await assertRejects(() => loadCheckpoint("nowhere"), Error, "no checkpoint");
 * ```
 */
export async function loadCheckpoint(
  folder: string,
  options: { readonly optimizer?: boolean } = {},
): Promise<Checkpoint> {
  const { files, state } = await readIndex(folder);
  const load = async (part: "parameters" | "optimizer") => {
    const { file, bytes, sha256 } = files[part]!;
    const path = join(folder, file);
    const found = await readWhole(path, bytes);
    if (found.sha256 !== sha256) {
      throw new Error(
        `Cannot load "${path}": its sha256 is ${found.sha256}, expected ${sha256} as ${index} ` +
          `says; the file was changed or damaged, use another checkpoint`,
      );
    }
    const tensors = Object.entries(decode(found.bytes, path).tensors);
    return Object.fromEntries(
      tensors.map(([name, { shape, values }]) => [name, { shape, values }]),
    );
  };
  const parameters = await load("parameters") as StoredParameters; // the sha256 vouches for the dtypes
  if (files.optimizer === undefined || options.optimizer === false) return { parameters, state };
  return { parameters, optimizer: await load("optimizer") as StoredOptimizer, state };
}

/**
 * Picks the parameters a model expects and names those it has no use for.
 *
 * Throws an error that names the first expected parameters that are missing or have another shape.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matchParameters } from "./checkpoint.ts";
 *
 * const found = {
 *   "head/bias": { shape: [2], values: Float32Array.of(1, 2) },
 *   "old/bias": { shape: [1], values: Float32Array.of(3) },
 * };
 * const { leftOut } = matchParameters(found, [{ name: "head/bias", shape: [2] }], "runs/a");
 * assertEquals(leftOut, ["old/bias"]);
 * ```
 */
export function matchParameters(
  found: StoredParameters,
  expected: readonly { readonly name: string; readonly shape: readonly number[] }[],
  from: string,
): { parameters: StoredParameters; leftOut: string[] } {
  const wrong: string[] = [];
  const parameters = Object.fromEntries(expected.map(({ name, shape }) => {
    const parameter = Object.hasOwn(found, name) ? found[name] : undefined;
    if (parameter === undefined) wrong.push(`${name} [${shape}] is missing`);
    else if (`${parameter.shape}` !== `${shape}`) {
      wrong.push(`${name} is [${parameter.shape}], expected [${shape}]`);
    }
    return [name, parameter!];
  }));
  if (wrong.length > 0) {
    throw new Error(
      `Cannot use the parameters of "${from}": ${several(wrong)}; they belong to another model`,
    );
  }
  return {
    parameters,
    leftOut: Object.keys(found).filter((name) => !Object.hasOwn(parameters, name)),
  };
}

interface Index {
  readonly files: Readonly<Record<string, { readonly file: string } & Written>>;
  readonly state: Readonly<Record<string, unknown>>;
}

async function readIndex(folder: string): Promise<Index> {
  const file = join(folder, index);
  const { bytes } = await readWhole(file).catch((cause) => {
    if (!(cause.cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(
      `Cannot load "${file}": there is no checkpoint; give a folder that a run has saved to`,
      { cause },
    );
  });
  const fail = (why: string): never => {
    throw new Error(`Cannot load "${file}": ${why}; it is damaged or no checkpoint, use another`);
  };
  const text = textOf(bytes, file);
  let json: Partial<Index & { format: number; sha256: string }> | null = null;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    fail(`it is not JSON (${reasonOf(cause)})`);
  }
  const { format, files, state, sha256 } = json ?? {};
  // Format 1, of older runs, had no hash of its own.
  if (format !== 1 && format !== 2) fail(`its format is ${quote(format)}, expected 2`);
  if (!isRecord(files) || !isRecord(state) || !isRecord(files.parameters)) {
    return fail("it lacks the state, or a file with its name, length and sha256");
  }
  for (const [part, entry] of Object.entries(files)) {
    const { file, bytes, sha256 } = entry ?? {};
    const whole = typeof file === "string" && ours.test(file) && Number.isSafeInteger(bytes) &&
      typeof sha256 === "string";
    if (!whole) fail(`it lacks name, length or sha256 of the ${quote(part)}`);
  }
  if (format === 2 && (sha256 ?? null) !== hashOf({ files, state })) {
    fail("its content is not what was written");
  }
  return { files, state };
}

/**
 * What an index says, in one hash: a state that changed on the disk is no state to go on from.
 * Undefined for what JSON.stringify can't have written.
 */
function hashOf({ files, state }: Index): string | undefined {
  try {
    return createHash("sha256").update(JSON.stringify({ files, state })).digest("hex");
  } catch { // too many levels
    return undefined;
  }
}

function isRecord<T>(value: T): value is NonNullable<T> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toTensors(arrays: StoredOptimizer): Record<string, StoredTensor> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, values }]) => [
      name,
      { dtype: values instanceof Float32Array ? "F32" : "I32", shape, values } as StoredTensor,
    ]),
  );
}

/** JSON.stringify drops or changes some values silently; a state that comes back changed is no state. */
function refuseUnlikeJson(value: unknown, path: string): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (Number.isFinite(value)) return;
  const plain = Array.isArray(value) ||
    (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype);
  if (!plain) {
    throw new TypeError(
      `Cannot save ${path}: ${String(value)} (${typeof value}) is lost in JSON; write it as a ` +
        `text, a finite number, null, or a list or record of those`,
    );
  }
  for (const [name, part] of Object.entries(value as object)) {
    refuseUnlikeJson(part, `${path}.${name}`);
  }
}
