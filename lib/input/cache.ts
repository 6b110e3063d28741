/**
 * Features kept on disk, so that a split is tokenised once. A kept file is named after everything
 * its content depends on and carries a digest of that content: it is found only by who asks for
 * exactly this, and rebuilt where it is not whole.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { writeAside } from "../base/disk.ts";
import { cacheFolder } from "../hub/cache.ts";
import { decode, encodeSafetensors, type StoredTensor } from "../base/safetensors.ts";
import type { FeaturizedRows } from "./features.ts";

/** To be raised when the code that makes features changes what it makes. */
const version = 4;

/** Features with what else is to be kept of how they were made, as JSON holds it. */
export type KeptFeatures = FeaturizedRows & {
  readonly notes?: Readonly<Record<string, unknown>>;
};

/** Features, and where they came from. */
export interface CachedFeatures {
  readonly features: KeptFeatures;
  /** Whether they were read from the cache; otherwise they were built now. */
  readonly fromCache: boolean;
  /** The file they are kept in. */
  readonly file: string;
  /** Why a kept file was not trusted, or why the new one could not be kept; else undefined. */
  readonly problem: string | undefined;
}

/**
 * Gives the features made from `key`, from the cache where they are, else by building them.
 *
 * The key must name all that the features depend on: the hash of the official file, the task and
 * its version, {@linkcode Tokenizer.hash} and `specials`, the options of `featurize`. A damaged file is built
 * again; a cache that cannot be written costs time, not the run: see `problem`. Kept by default
 * in the project's cache, `~/.cache/mt-dnn/features`.
 *
 * Throws where the key holds something that JSON cannot tell apart, and what `build` throws.
 *
 * ```ts
 * import { assert } from "@std/assert";
 * import { cachedFeatures } from "./cache.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const build = () =>
 *   Promise.resolve({
 *     candidates: 1,
 *     pad: 0,
 *     tokens: Int32Array.of(101, 102),
 *     offsets: Int32Array.of(0, 2),
 *     boundaries: Int32Array.of(2),
 *     targets: Float32Array.of(1),
 *     rows: Int32Array.of(0),
 *     ids: ["0"],
 *     truncated: 0,
 *   });
 * await cachedFeatures({ task: "cola" }, build, { folder });
 * assert((await cachedFeatures({ task: "cola" }, build, { folder })).fromCache);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function cachedFeatures(
  key: Readonly<Record<string, unknown>>,
  build: () => Promise<KeptFeatures>,
  options: { readonly folder?: string } = {},
): Promise<CachedFeatures> {
  const name = sha256([canonical({ ...key, featuresVersion: version })]);
  const file = join(options.folder ?? join(cacheFolder(), "features"), `${name}.safetensors`);
  let problem: string | undefined;
  try {
    return {
      features: unpack(await Deno.readFile(file), name, file),
      fromCache: true,
      file,
      problem,
    };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) problem = message(error);
  }
  const features = await build();
  try {
    await Deno.mkdir(dirname(file), { recursive: true });
    await writeAside(file, pack(features, name), () => file);
  } catch (error) {
    problem = `Cannot keep features in "${file}": ${message(error)}`;
  }
  return { features, fromCache: false, file, problem };
}

function pack(features: KeptFeatures, name: string): Uint8Array<ArrayBuffer>[] {
  const { candidates, pad, truncated, ids, notes, ...columns } = features;
  const tensors: Record<string, StoredTensor> = {};
  const numbers = { ...columns, sizes: Int32Array.of(candidates, pad, truncated) };
  for (const [column, values] of Object.entries(numbers)) {
    const shape = [values.length];
    tensors[column] = values instanceof Float32Array
      ? { dtype: "F32", shape, values: values as Float32Array<ArrayBuffer> }
      : { dtype: "I32", shape, values: values as Int32Array<ArrayBuffer> };
  }
  for (const [column, value] of Object.entries({ ids, ...(notes && { notes }) })) {
    const text = new TextEncoder().encode(JSON.stringify(value)); // an id may hold anything
    tensors[column] = { dtype: "U8", shape: [text.length], values: text };
  }
  return encodeSafetensors(tensors, { name, digest: digestOf(tensors) });
}

/** Throws where the file is not, byte for byte, what `pack` made under this name. */
function unpack(bytes: Uint8Array<ArrayBuffer>, name: string, file: string): KeptFeatures {
  const { tensors, metadata } = decode(bytes, file);
  if (metadata.name !== name || metadata.digest !== digestOf(tensors)) {
    throw new Error(
      `Cannot trust "${file}": its content is not what was written; it is built again`,
    );
  }
  const column = (of: string) => tensors[of]!.values as Int32Array; // the digest covers the dtypes
  const json = (of: string) =>
    JSON.parse(new TextDecoder().decode(tensors[of]!.values as Uint8Array));
  const [candidates = 1, pad = 0, truncated = 0] = column("sizes");
  return {
    candidates,
    pad,
    tokens: column("tokens"),
    offsets: column("offsets"),
    boundaries: column("boundaries"),
    targets: tensors.targets!.values as Float32Array,
    rows: column("rows"),
    ids: json("ids"),
    truncated,
    ...(tensors.notes && { notes: json("notes") }),
  };
}

function digestOf(tensors: Readonly<Record<string, StoredTensor>>): string {
  const names = Object.keys(tensors).sort();
  return sha256(names.flatMap((name) => {
    const { dtype, shape, values } = tensors[name]!;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return [`${name} ${dtype} ${shape}\n`, bytes];
  }));
}

function sha256(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** JSON with sorted names; refuses values that JSON would drop or write as something else. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  ) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`)}}`;
  }
  if (
    value === null || typeof value === "string" || typeof value === "boolean" ||
    Number.isFinite(value)
  ) {
    return JSON.stringify(value);
  }
  throw new TypeError(
    `Cannot use ${String(value)} (${typeof value}) in the key of a cache: expected texts, finite ` +
      `numbers, booleans, null, and lists and records of them`,
  );
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
