/**
 * Damage as disks, downloads, editors and hands do it: seeded changes of bytes, of tables and of
 * JSON. The same stream of random numbers gives the same damage.
 */
import type { Random } from "../../lib/base/random.ts";

/** One way to damage bytes; `others` are whole files whose parts may get in. */
export type Mutator = (
  bytes: Uint8Array,
  random: Random,
  others: readonly Uint8Array[],
) => Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1"); // every byte comes back as it was

/** One of the values. */
export function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.integer(values.length)]!;
}

/** A place in the bytes, mostly anywhere, sometimes one of the ends. */
function place(bytes: Uint8Array, random: Random): number {
  const where = random.integer(8);
  if (where === 0) return 0;
  return where === 1 ? bytes.length : random.integer(bytes.length + 1);
}

/** Two places in order, mostly near each other. */
function range(bytes: Uint8Array, random: Random): [number, number] {
  const start = place(bytes, random);
  const most = random.integer(4) === 0 ? bytes.length : Math.min(bytes.length, start + 64);
  return [start, start + random.integer(Math.max(1, most - start + 1))];
}

/** The bytes with those from `start` to `end` replaced. */
export function replaced(
  bytes: Uint8Array,
  start: number,
  end: number,
  by: Uint8Array | string,
): Uint8Array {
  const middle = typeof by === "string" ? encoder.encode(by) : by;
  const out = new Uint8Array(start + middle.length + bytes.length - end);
  out.set(bytes.subarray(0, start));
  out.set(middle, start);
  out.set(bytes.subarray(end), start + middle.length);
  return out;
}

function inserted(bytes: Uint8Array, random: Random, what: Uint8Array | string): Uint8Array {
  const at = place(bytes, random);
  return replaced(bytes, at, at, what);
}

/** A change of the text, byte for byte Latin-1, so that other bytes stay as they are. */
export function asText(change: (text: string, random: Random) => string): Mutator {
  return (bytes, random) =>
    Uint8Array.from(change(decoder.decode(bytes), random), (character) => character.charCodeAt(0));
}

/** UTF-8 of a text in Latin-1, for changes by {@linkcode asText}. */
const utf8 = (text: string) => decoder.decode(encoder.encode(text));

/** Replaces one of the matches. */
function replaceOne(text: string, random: Random, pattern: RegExp, by: (found: string) => string) {
  const all = [...text.matchAll(pattern)];
  if (all.length === 0) return text;
  const { 0: found, index } = pick(random, all);
  return text.slice(0, index) + by(found) + text.slice(index + found.length);
}

/** Numbers that no count, size or score should be. */
export const numbers = [
  ...["-1", "0", "-0", "1", "2147483648", "4294967296", "9007199254740993", "1152921504606846976"],
  ...["18446744073709551616", "1e999", "-1e999", "1e-999", "0.5", "NaN", "Infinity", "0x10", "1e3"],
  ...["1".repeat(400), "1_000", "٣", "+1", "00", ".5", "5.", ""],
];

/** Names that every object has, and others that readers might trip over. */
export const names = [
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "length", "", " ", "\\u0000"],
];

const badUtf8 = [
  ...[[0xc3, 0x28], [0xff], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xc0, 0x80]],
  ...[[0xe2, 0x82], [0x80]],
].map((bytes) => Uint8Array.from(bytes));

/** Characters that some programs take for the end of a line or for nothing. */
const exotic = [..."\u2028\u2029\u0085\v\f\x1c\x1d\x1e\u00a0\u200b\ufeff\u202e\x1b\x07"];

const sizes = [2n ** 60n, 2n ** 64n - 1n, 2n ** 63n, 2n ** 32n - 1n, 2n ** 31n, 2n ** 16n, 0n];

/** Changes that need no knowledge of the format. */
export const anyBytes: Readonly<Record<string, Mutator>> = {
  flip: (bytes, random) => {
    const out = bytes.slice();
    if (out.length > 0) out[random.integer(out.length)]! ^= 1 << random.integer(8);
    return out;
  },
  byte: (bytes, random) => {
    const out = bytes.slice();
    const values = [...'\n\t\r"{}[]:,-0\\ '].map((character) => character.charCodeAt(0));
    if (out.length > 0) out[random.integer(out.length)] = pick(random, [0, 255, 128, ...values]);
    return out;
  },
  end: (bytes, random) => bytes.slice(0, place(bytes, random)),
  start: (bytes, random) => bytes.slice(place(bytes, random)),
  remove: (bytes, random) => replaced(bytes, ...range(bytes, random), ""),
  repeat: (bytes, random) => {
    const [start, end] = range(bytes, random);
    return replaced(bytes, end, end, bytes.subarray(start, end));
  },
  splice: (bytes, random, others) => {
    const other = pick(random, others);
    return replaced(bytes, ...range(bytes, random), other.subarray(...range(other, random)));
  },
  noise: (bytes, random) =>
    inserted(
      bytes,
      random,
      Uint8Array.from({ length: 1 + random.integer(40) }, () => random.integer(256)),
    ),
  zeros: (bytes, random) => inserted(bytes, random, new Uint8Array(1 + random.integer(9))),
  size: (bytes, random) => {
    const out = bytes.slice();
    const at = random.integer(3) === 0 ? 0 : place(bytes, random);
    const value = new Uint8Array(new BigUint64Array([pick(random, sizes)]).buffer);
    const wide = value.subarray(0, pick(random, [2, 4, 8]));
    out.set(wide.subarray(0, Math.max(0, out.length - at)), Math.min(at, out.length));
    return out;
  },
};

/** Changes of a text. */
export const anyText: Readonly<Record<string, Mutator>> = {
  ...anyBytes,
  badUtf8: (bytes, random) => inserted(bytes, random, pick(random, badUtf8)),
  mark: (bytes, random) => replaced(bytes, 0, 0, pick(random, ["\ufeff", "\ufeff\ufeff"])),
  utf16: (bytes) => {
    const text = new TextDecoder().decode(bytes);
    return new Uint8Array(Uint16Array.from(text, (character) => character.charCodeAt(0)).buffer);
  },
  exotic: (bytes, random) => inserted(bytes, random, pick(random, exotic)),
  lineEnds: asText((text, random) => text.replaceAll("\n", pick(random, ["\r\n", "\r", "\n\n"]))),
  lineEnd: asText((text, random) => replaceOne(text, random, /\n/g, () => "\r\n")),
  lastLine: asText((text, random) =>
    text.replace(/\n*$/, pick(random, ["", "\n\n\n", "\r\n\r\n", "\n \n"]))
  ),
  number: asText((text, random) =>
    replaceOne(text, random, /-?\d+(\.\d+)?/g, () => utf8(pick(random, numbers)))
  ),
  nest: (bytes, random) => {
    const depth = random.integer(20) === 0 ? 20_000 : 50;
    return inserted(bytes, random, pick(random, ["[", '{"a":', "(", '"']).repeat(depth));
  },
  long: (bytes, random) => {
    const length = random.integer(20) === 0 ? 300_000 : 2_000;
    return inserted(bytes, random, pick(random, ["a", "中", " ", "\t", "7"]).repeat(length));
  },
};

/** The bytes after one to four changes, and the names of those. */
export function mutate(
  bytes: Uint8Array,
  random: Random,
  mutators: Readonly<Record<string, Mutator>>,
  others: readonly Uint8Array[] = [bytes],
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly done: string } {
  const all = Object.keys(mutators);
  const done: string[] = [];
  let out = bytes;
  do {
    const name = pick(random, all);
    done.push(name);
    out = mutators[name]!(out, random, others);
  } while (done.length < 4 && random.integer(3) === 0);
  return { bytes: out.slice() as Uint8Array<ArrayBuffer>, done: done.join(", ") };
}
