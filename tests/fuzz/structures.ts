/** Damage of tables and of JSON, which keeps most of the structure and so gets further in. */
import type { Random } from "../../lib/base/random.ts";
import { anyText, asText, type Mutator, names, numbers, pick } from "./mutate.ts";

/** Changes of a table whose lines end at "\n" and whose columns end at "\t". */
export const anyTable: Readonly<Record<string, Mutator>> = {
  ...anyText,
  swapColumns: table((rows, random) => {
    const width = Math.max(...rows.map((row) => row.length));
    const [a, b] = [random.integer(width), random.integer(width)];
    for (const row of rows) [row[a], row[b]] = [row[b] ?? "", row[a] ?? ""];
  }),
  dropColumn: table((rows, random) => {
    const at = random.integer(rows[0]!.length);
    for (const row of rows) row.splice(at, 1);
  }),
  repeatColumn: table((rows, random) => {
    const at = random.integer(rows[0]!.length);
    for (const row of rows) row.splice(at, 0, row[at] ?? "");
  }),
  renameColumn: table(([names], random) => {
    const at = random.integer(names!.length);
    names![at] = pick(random, [
      names![0]!,
      names!.at(-1)!,
      ` ${names![at]} `,
      `${names![at]}s`,
      "",
    ]);
  }),
  swapCells: table((rows, random) => {
    const [one, other] = [pick(random, rows), pick(random, rows)];
    const [a, b] = [random.integer(one.length), random.integer(other.length)];
    [one[a], other[b]] = [other[b]!, one[a]!];
  }),
  setCell: table((rows, random) => {
    const row = pick(random, rows);
    const values = ["-", "", "label", "1", "0", "entailment", '"quoted"', '"', "constructor"];
    row[random.integer(row.length)] = pick(random, [...values, ...numbers.filter(isLatin)]);
  }),
  dropCell: table((rows, random) => {
    const row = pick(random, rows);
    row.splice(random.integer(row.length), 1);
  }),
  addCell: table((rows, random) => pick(random, rows).push("more")),
  dropRow: table((rows, random) => rows.splice(random.integer(rows.length), 1)),
  repeatRow: table((rows, random) => {
    rows.splice(random.integer(rows.length), 0, [...pick(random, rows)]);
  }),
  emptyRow: table((rows, random) => rows.splice(random.integer(rows.length + 1), 0, [""])),
  keepHeader: table((rows) => rows.splice(1)),
};

const isLatin = (text: string) => /^[\x20-\x7e]*$/.test(text);

function table(change: (rows: string[][], random: Random) => void): Mutator {
  return asText((text, random) => {
    const end = text.endsWith("\n") ? "\n" : "";
    const rows = text.slice(0, text.length - end.length).split("\n").map((row) => row.split("\t"));
    change(rows, random);
    return rows.map((row) => row.join("\t")).join("\n") + end;
  });
}

/** Values of other kinds than a reader expects. */
const strange: readonly unknown[] = [
  ...[null, true, false, "", "text", "two\nlines", -1, 0, 0.5, 1e21, 2 ** 53, 2 ** 40, 1e9],
  ...[[], [null], [[]], {}, { toString: 1 }, { length: -1 }, { nonfinite: "constructor" }],
  ...["x".repeat(5000), Array(3000).fill(0), "\u001b[31m\u202e", "\ud800"],
];

/** Changes of JSON. */
export const anyJson: Readonly<Record<string, Mutator>> = {
  ...anyText,
  value: json((holder, key, random) => {
    holder[key] = pick(random, strange);
  }),
  otherValue: json((holder, key, random) => {
    const keys = Object.keys(holder);
    holder[key] = holder[pick(random, keys)];
  }),
  number: json((holder, key, random) => {
    const value = holder[key];
    if (typeof value !== "number") return;
    holder[key] = pick(random, [-value, value + 1, value - 1, value * 1e9, value / 3, 2 ** 60, 0]);
  }),
  removeKey: json((holder, key) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  }),
  wrap: json((holder, key) => {
    holder[key] = [holder[key]];
  }),
  deep: json((holder, key, random) => {
    const depth = pick(random, [40, 12_000]);
    holder[key] = DEEP + depth;
  }),
  renameKey: asText((text, random) => keyed(text, random, () => pick(random, names))),
  repeatKey: asText((text, random) => keyed(text, random, (name) => `${name}":null,"${name}`)),
};

/** Stands for arrays in each other, which JSON.stringify could not write. */
const DEEP = "arrays in each other: ";

function json(
  change: (holder: Record<string, unknown>, key: string, random: Random) => void,
): Mutator {
  return (bytes, random) => {
    try {
      const root = { value: JSON.parse(new TextDecoder().decode(bytes)) };
      const [holder, key] = somewhere(root, random);
      change(holder, key, random);
      return new TextEncoder().encode(written(root.value));
    } catch { // no JSON any more, or of too many levels: an earlier change was enough
      return bytes;
    }
  };
}

function written(value: unknown): string {
  return (JSON.stringify(value) ?? "").replace(
    new RegExp(`"${DEEP}(\\d+)"`),
    (_, depth) => "[".repeat(Number(depth)) + "]".repeat(Number(depth)),
  );
}

/** A record or list below the root and one of its keys; deeper with every second draw. */
function somewhere(root: object, random: Random): [Record<string, unknown>, string] {
  let holder = root as Record<string, unknown>;
  for (;;) {
    const key = pick(random, Object.keys(holder));
    const below = holder[key];
    const ends = typeof below !== "object" || below === null || Object.keys(below).length === 0;
    if (ends || random.integer(3) === 0) return [holder, key];
    holder = below as Record<string, unknown>;
  }
}

function keyed(text: string, random: Random, by: (name: string) => string): string {
  const all = [...text.matchAll(/"([^"\\]*)":/g)];
  if (all.length === 0) return text;
  const { 0: found, 1: name, index } = pick(random, all);
  return `${text.slice(0, index)}"${by(name!)}":${text.slice(index + found.length)}`;
}
