/**
 * Fuzzing: every reader gets damaged inputs and must read them rightly or refuse them with one
 * clear sentence. Inputs follow from the kind's name and their number alone, so every run has the
 * same; MT_DNN_FUZZ=N asks for N inputs of each kind (`deno task fuzz` for 20,000), and
 * MT_DNN_FUZZ_AT=K for input K alone.
 */
import { assert } from "@std/assert";
import type { Random } from "../../lib/base/random.ts";

/** Inputs of one kind. */
export interface Kind {
  /** Inputs that the gate tries. */
  readonly count: number;
  /** "read" where every input is sound, however strange. */
  readonly all?: "read";
  /** Makes what the inputs share; `folder` is empty, and removed afterwards. */
  open(folder: string): Opened | Promise<Opened>;
}

/** A kind at work. */
export interface Opened {
  /**
   * Makes an input and has it read; checks what was read. Throws {@linkcode Refused} where the
   * reader refused it clearly, anything else where something is wrong.
   */
  input(random: Random, number: number): void | Promise<void>;
}

/** A reader refused an input as it should. */
export class Refused extends Error {}

/** What a worker is told. */
export interface Start {
  readonly url: string;
  readonly name: string;
  readonly first: number;
  readonly count: number;
  /** [1] number of the input at work. */
  readonly at: Int32Array;
}

/** What came of a kind. */
export interface Report {
  readonly read: number;
  readonly refused: number;
  readonly failures: readonly string[];
  readonly seconds: number;
}

/** No input may take longer; generous, as other work may slow the machine down. */
export const MOST_SECONDS = 5;
/** No input may take more memory than this, in bytes; inputs have less than a megabyte. */
export const MOST_MEMORY = 2 ** 28;
/** After as many milliseconds at one input its worker is ended. */
const PATIENCE = 30_000;

const asked = Deno.env.get("MT_DNN_FUZZ");
const alone = Deno.env.get("MT_DNN_FUZZ_AT");

/** Registers one test for each kind of a test file. */
export function fuzz(url: string, kinds: Readonly<Record<string, Kind>>): void {
  for (const [name, { count, all }] of Object.entries(kinds)) {
    Deno.test(`damaged inputs are read rightly or refused clearly: ${name}`, async () => {
      const first = alone === undefined ? 0 : Number(alone);
      const inputs = alone === undefined ? Number(asked ?? count) : 1;
      const { read, refused, failures, seconds } = await inWorker(url, name, first, inputs);
      const speed = Math.round((read + refused) / seconds);
      console.info(`${name}: ${read} read, ${refused} refused, ${speed} a second`);
      assert(failures.length === 0, `${failures.length} failures:\n${failures.join("\n\n")}`);
      const some = refused > 0 || all === "read" || alone !== undefined;
      assert(some, "nothing was refused: the inputs are not damaged");
    });
  }
}

async function inWorker(url: string, name: string, first: number, count: number): Promise<Report> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const at = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
  const { promise, resolve, reject } = Promise.withResolvers<Report>();
  worker.onmessage = ({ data }) => typeof data === "string" ? reject(Error(data)) : resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(`${name}: input ${at[0]}: ${event.message}`));
  };
  let [last, since] = [-1, performance.now()];
  const watch = setInterval(() => {
    if (at[0] !== last) [last, since] = [at[0]!, performance.now()];
    else if (performance.now() - since > PATIENCE) {
      reject(new Error(`${name}: input ${last} hangs`));
    }
  }, 500);
  worker.postMessage({ url, name, first, count, at } satisfies Start);
  try {
    return await promise;
  } finally {
    clearInterval(watch);
    worker.terminate();
  }
}

/**
 * What `read` gives; where it throws, checks that this is one clear sentence with all the `words`,
 * and throws {@linkcode Refused}.
 */
export async function attempt<T>(words: readonly string[], read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    checkRefusal(error, words);
    throw new Refused();
  }
}

/** Words of the engine, which tell a user nothing. */
const inside = new RegExp(
  [
    ...["Cannot (read|set) propert", "Cannot (destructure|access|mix|assign|redefine|convert)"],
    ...["is not (a function|iterable|defined|a constructor)", "circular structure", "BigInt"],
    ...["Invalid (array|typed array|string|count)", "call stack", "out of memory"],
    ...[
      "empty array",
      "\\bundefined\\b",
      "\\[object ",
      "\\bNaN\\b(?!, expected finite)",
      "whole buffer",
    ],
  ].join("|"),
);

/** Throws unless an error is one clear sentence with all the words. */
export function checkRefusal(error: unknown, words: readonly string[]): void {
  assert(error instanceof Error, `it throws ${String(error)}, which is no error`);
  const { message, constructor: { name } } = error;
  const fail = (why: string) => {
    throw new Error(`${why}: ${name}: ${message}`, { cause: error });
  };
  const own = message.replaceAll(/"(?:[^"\\]|\\.)*"/g, '"..."'); // without quoted parts
  if (inside.test(own)) fail("the error comes from the inside");
  if (name !== "Error" && !/^Cannot \w+ /.test(message)) fail("the error is a raw one");
  // deno-lint-ignore no-control-regex -- those are what it looks for
  if (/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/.test(message)) fail("not on one line");
  if (message.length > 1500) fail(`a message of ${message.length} characters`);
  if (message.length < 20) fail("a message that says nothing");
  for (const word of words) if (!message.includes(word)) fail(`the error doesn't say ${word}`);
}
