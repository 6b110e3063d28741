/** Folders of recorded values with damage: what is read, and what the checks make of it. */
import { assert, assertEquals } from "@std/assert";
import { runChecks } from "../../lib/dev/parity/checks.ts";
import { openReference, type Reference } from "../../lib/dev/parity/reference.ts";
import type { Random } from "../../lib/base/random.ts";
import { attempt, checkRefusal, fuzz, type Kind } from "./fuzz.ts";
import { anyText, mutate, pick } from "./mutate.ts";
import { anyJson } from "./structures.ts";
import { damagedTensors, files as tensors } from "./tensors.ts";

const texts: Readonly<Record<string, string>> = {
  "metrics.json": JSON.stringify({
    classification: [{
      ...{ name: "half", predictions: [0, 1, 1, 1], labels: [0, 1, 0, 0], ACC: 50, F1: 50 },
      sklearn: { accuracy: 0.5 },
    }],
    regression: [{
      ...{ name: "constant", predictions: [1, 1, 1], labels: [1, 2, 3] },
      ...{ Pearson: { nonfinite: "nan" }, Spearman: { nonfinite: "-inf" }, scipy: {} },
    }],
    ...{ mnli: [], ranking: [], submission: [] },
  }),
  "tokenizer.jsonl":
    ["The cats", "cat"].map((text) =>
      JSON.stringify({ kind: "hand", name: text, lower: true, text, ids: [5, 6, 7] })
    ).join("\n") + "\n",
  "vocab.txt": "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\n##s\n",
};

const whole: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  ...Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, new TextEncoder().encode(text)]),
  ),
  "heads.safetensors": tensors[0]!,
};

/** Damages a file: its bytes, or of a file of JSON lines one line. */
function damaged(name: string, random: Random): Uint8Array<ArrayBuffer> {
  const bytes = whole[name]!;
  if (name.endsWith(".safetensors")) return damagedTensors(bytes, random).bytes;
  const inLine = name.endsWith(".jsonl") && random.integer(2) === 0;
  if (!inLine) return mutate(bytes, random, name.endsWith(".txt") ? anyText : anyJson).bytes;
  const lines = texts[name]!.split("\n").filter((line) => line !== "").map((line) =>
    mutate(new TextEncoder().encode(line), random, anyJson).bytes
  );
  return new Uint8Array(lines.flatMap((line) => [...line, 10]));
}

/** Values hold no function and no object but records and lists: `nonfinite` names nothing else. */
function checkValues(value: unknown): void {
  assert(typeof value !== "function");
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) checkValues((value as Record<string, unknown>)[key]);
}

async function readAll(reference: Reference, name: string): Promise<void> {
  if (name === "metrics.json") checkValues(await reference.json(name));
  if (name === "tokenizer.jsonl") {
    const text = await reference.text(name);
    const lines = text.split("\n").filter((line) => line !== "");
    assertEquals((await reference.lines(name)).length, lines.length, "lines are lost");
  }
  if (name === "vocab.txt") await reference.text(name);
  if (name === "heads.safetensors") await reference.tensors(name);
}

async function readDamaged(folder: string, random: Random): Promise<void> {
  const name = pick(random, Object.keys(whole));
  const bytes = damaged(name, random);
  await Deno.writeFile(`${folder}/${name}`, bytes);
  try {
    const reference = await openReference(folder);
    for await (const { passed, note } of runChecks(reference, ["tokenizer", "metrics"])) {
      if (!passed && note !== undefined && note.startsWith("Cannot")) {
        checkRefusal(new Error(note), []);
      }
    }
    await attempt([`${folder}/${name}`], () => readAll(reference, name));
    assertEquals(await Deno.readFile(`${folder}/${name}`), bytes, "the file was changed");
  } finally {
    await Deno.writeFile(`${folder}/${name}`, whole[name]!);
  }
}

export const kinds: Readonly<Record<string, Kind>> = {
  "recorded values": {
    count: 1500,
    open: async (folder) => {
      for (const [name, bytes] of Object.entries(whole)) {
        await Deno.writeFile(`${folder}/${name}`, bytes);
      }
      return { input: (random) => readDamaged(folder, random) };
    },
  },
};

fuzz(import.meta.url, kinds);
