/**
 * The sample data: every task in its official files, written from one seed. Pure; write.ts puts the
 * files on disk.
 *
 * @module
 */

import { createRandom, split } from "../../base/random.ts";
import { cola } from "./acceptability.ts";
import { ax, matched, mismatched, rte, snli } from "./inference.ts";
import { LAYOUTS, type SampleLayout } from "./layouts.ts";
import { mrpc, stsb } from "./paraphrase.ts";
import { wnli } from "./pronouns.ts";
import { qnli, qqp } from "./questions.ts";
import { deal, type Group, type SampleRow } from "./rows.ts";
import { scitail } from "./science.ts";
import { sst2 } from "./sentiment.ts";

/** One file: its name in the task's folder, rows, where they come from and how they are written. */
type File = readonly [name: string, rows: number, group: Group, layout: SampleLayout];

/** Two neutral premises for each entailing one, about as in SciTail's official training rows. */
const uneven: Group = (random) => scitail(random, random.uniform() < 0.7 ? 2 : 1);
const even: Group = (random) => scitail(random, 1);

/** Chosen so that a small encoder learns something in a few minutes on two cores. */
const FILES: Readonly<Record<string, readonly File[]>> = {
  "CoLA": [
    ["train.tsv", 600, cola, LAYOUTS.cola],
    ["dev.tsv", 120, cola, LAYOUTS.cola],
    ["test.tsv", 50, cola, LAYOUTS.unlabelled],
  ],
  "SST-2": [
    ["train.tsv", 500, sst2, LAYOUTS.sst2],
    ["dev.tsv", 120, sst2, LAYOUTS.sst2],
    ["test.tsv", 50, sst2, LAYOUTS.unlabelled],
  ],
  "MRPC": [
    ["train.tsv", 400, mrpc, LAYOUTS.mrpc],
    ["dev.tsv", 120, mrpc, LAYOUTS.mrpc],
    ["test.tsv", 50, mrpc, LAYOUTS.mrpcTest],
  ],
  "STS-B": [
    ["train.tsv", 500, stsb, LAYOUTS.stsb],
    ["dev.tsv", 120, stsb, LAYOUTS.stsb],
    ["test.tsv", 50, stsb, LAYOUTS.stsbTest],
  ],
  "QQP": [
    ["train.tsv", 500, qqp, LAYOUTS.qqp],
    ["dev.tsv", 150, qqp, LAYOUTS.qqp],
    ["test.tsv", 50, qqp, LAYOUTS.qqpTest],
  ],
  "MNLI": [
    ["train.tsv", 1200, matched, LAYOUTS.mnli],
    ["dev_matched.tsv", 150, matched, LAYOUTS.mnliDev],
    ["dev_mismatched.tsv", 150, mismatched, LAYOUTS.mnliDev],
    ["test_matched.tsv", 51, matched, LAYOUTS.mnliTest],
    ["test_mismatched.tsv", 51, mismatched, LAYOUTS.mnliTest],
  ],
  "QNLI": [
    ["train.tsv", 500, qnli, LAYOUTS.qnli],
    ["dev.tsv", 120, qnli, LAYOUTS.qnli],
    ["test.tsv", 50, qnli, LAYOUTS.qnliTest],
  ],
  "RTE": [
    ["train.tsv", 240, rte, LAYOUTS.pairs],
    ["dev.tsv", 120, rte, LAYOUTS.pairs],
    ["test.tsv", 50, rte, LAYOUTS.pairsTest],
  ],
  "WNLI": [
    ["train.tsv", 120, wnli, LAYOUTS.pairs],
    ["dev.tsv", 60, wnli, LAYOUTS.pairs],
    ["test.tsv", 40, wnli, LAYOUTS.pairsTest],
  ],
  "AX": [["diagnostic-full.tsv", 150, ax, LAYOUTS.diagnostic]],
  "SNLI": [
    ["train.tsv", 1200, snli, LAYOUTS.snli],
    ["dev.tsv", 150, snli, LAYOUTS.snliDev],
    ["test.tsv", 51, snli, LAYOUTS.snliDev],
  ],
  "SciTail": [
    ["train.tsv", 1000, uneven, LAYOUTS.scitail],
    ["dev.tsv", 120, even, LAYOUTS.scitail],
    ["test.tsv", 50, even, LAYOUTS.scitail],
  ],
};

/** SNLI's official training file has rows without gold label; so has ours, as its last ones. */
function withUndecided(rows: readonly SampleRow[]): SampleRow[] {
  const row = (first: string, second: string): SampleRow => ({
    first,
    second,
    label: "-",
    note: "",
  });
  return [
    ...rows,
    row("A man is sitting on a chair in the hall.", "The man is waiting for a doctor."),
    row("A dog is running on the beach.", "A dog is having fun."),
  ];
}

/**
 * Every file of the sample by its path below data/sample, the same text for the same seed.
 *
 * @example
 * ```ts
 * import { generate } from "./generate.ts";
 * const files = generate(2018);
 * files["RTE/dev.tsv"]?.split("\n")[0]; // "index\tsentence1\tsentence2\tlabel"
 * ```
 */
export function generate(seed: number | string): Record<string, string> {
  const random = createRandom(seed);
  const texts: Record<string, string> = {};
  for (const [task, files] of Object.entries(FILES)) {
    const shares = files.map(([name, rows, group]) => [name, [rows, group]] as const);
    const splits = deal(split(random, task), Object.fromEntries(shares));
    for (const [name, , , layout] of files) {
      const rows = splits[name]!;
      const whole = task === "SNLI" && name === "train.tsv" ? withUndecided(rows) : rows;
      texts[`${task}/${name}`] = layout(whole);
      if (task === "AX") texts["AX/AX.tsv"] = LAYOUTS.pairsTest(rows);
    }
  }
  return texts;
}

/**
 * One line a file, sha256 and path, in the form that `sha256sum --check` reads.
 *
 * @example
 * ```ts
 * import { checksums } from "./generate.ts";
 * await checksums({ "a.txt": "a\n" }); // "87428fc5...  a.txt\n"
 * ```
 */
export async function checksums(files: Readonly<Record<string, string>>): Promise<string> {
  const lines = Object.entries(files).map(async ([path, text]) => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
    return `${hex.join("")}  ${path}\n`;
  });
  return (await Promise.all(lines)).sort((a, b) => a.slice(66) < b.slice(66) ? -1 : 1).join("");
}
