/**
 * A folder of values recorded from the reference program, as its own README describes it.
 *
 * @module
 */

import { join } from "node:path";
import { readWhole, textOf } from "../../base/disk.ts";
import { reasonOf } from "../../base/quote.ts";
import { decode, type StoredTensor } from "../../base/safetensors.ts";

/** An opened folder. */
export interface Reference {
  readonly folder: string;
  /** A JSON file's content. */
  json<T>(name: string): Promise<T>;
  /** The records of a file with one JSON value per line. */
  lines<T>(name: string): Promise<T[]>;
  text(name: string): Promise<string>;
  /** The tensors of a safetensors file. */
  tensors(name: string): Promise<Stored>;
}

/** Recorded tensors by name. */
export type Stored = Readonly<Record<string, StoredTensor>>;

/**
 * Opens a folder; its files are read when they are asked for.
 *
 * Throws where there is no such folder, later where a file is missing or damaged.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { openReference } from "./reference.ts";
 * await assertRejects(() => openReference("nowhere"), Error, 'there is no folder "nowhere"');
 * ```
 */
export async function openReference(folder: string): Promise<Reference> {
  const found = await Deno.stat(folder).catch(() => undefined);
  if (!found?.isDirectory) {
    throw new Error(
      `Cannot check parity: there is no folder "${folder}"; name the folder with the recorded ` +
        `values by --reference DIR.`,
    );
  }
  const text = async (name: string) => {
    const file = join(folder, name);
    return textOf((await readWhole(file)).bytes, file);
  };
  const parse = <T>(name: string, what: string, text: string): T => {
    try {
      return JSON.parse(text, (_, value) => finite(value)) as T;
    } catch (cause) {
      const reason = cause instanceof RangeError ? "too many levels" : reasonOf(cause);
      throw new Error(
        `Cannot read "${join(folder, name)}": ${what} is not JSON (${reason}); record the values ` +
          "again.",
        { cause },
      );
    }
  };
  return {
    folder,
    text,
    json: async <T>(name: string) => parse<T>(name, "it", await text(name)),
    lines: async <T>(name: string) =>
      (await text(name)).split("\n").map((line, i) => [line, i + 1] as const)
        .filter(([line]) => line !== "").map(([line, number]) =>
          parse<T>(name, `line ${number}`, line)
        ),
    tensors: async (name) => {
      const file = join(folder, name);
      return decode((await readWhole(file)).bytes, file).tensors;
    },
  };
}

const nonfinite = new Map<unknown, number>([["nan", NaN], ["inf", Infinity], ["-inf", -Infinity]]);

/** JSON has no nan and no infinity; the files write them as `{"nonfinite": "nan"}`. */
function finite(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("nonfinite" in value)) return value;
  return nonfinite.get(value.nonfinite) ?? value;
}

/** Values of a recorded tensor; none where it is missing, which then deviates. */
export function floats(stored: Stored, name: string): Float32Array {
  return (stored[name]?.values as Float32Array | undefined) ?? new Float32Array();
}
