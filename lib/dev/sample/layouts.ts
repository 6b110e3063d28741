/**
 * The official file layouts of the tasks, column by column: plain text, one row a line, tabs
 * between columns, no quoting. The columns are described in data/README.md.
 *
 * @module
 */

import type { SampleRow } from "./rows.ts";

/** Writes the rows of one split as one official file. */
export type SampleLayout = (rows: readonly SampleRow[]) => string;

/** One column: its name in the header, and its cell in a row. */
type Column = readonly [name: string, cell: (row: SampleRow, index: number) => string | number];

function table(columns: readonly Column[], header = true): SampleLayout {
  return (rows) => {
    const lines = rows.map((row, i) => columns.map(([, cell]) => String(cell(row, i))).join("\t"));
    if (header) lines.unshift(columns.map(([name]) => name).join("\t"));
    return lines.join("\n") + "\n";
  };
}

const index: Column = ["index", (_, i) => i];
const empty = (name: string): Column => [name, () => ""];
const first = (name: string): Column => [name, (row) => row.first];
const second = (name: string): Column => [name, (row) => row.second];
const label = (name: string): Column => [name, (row) => row.label];

/** Index, two texts, and the label unless the split has none. */
function pairs(one: string, two: string, labelled: boolean): SampleLayout {
  return table([index, first(one), second(two), ...(labelled ? [label("label")] : [])]);
}

/** Index, a single sentence. */
const unlabelled = table([index, first("sentence")]);

/** CoLA: no header; source, label, star, sentence. */
const cola = table([
  ["source", (row) => row.note],
  label("label"),
  ["star", (row) => row.label === "1" ? "" : "*"],
  first("sentence"),
], false);

/** SST-2: sentence (the official rows end in a blank), label. */
const sst2 = table([["sentence", (row) => `${row.first} `], label("label")]);

function mrpc(labelled: boolean): SampleLayout {
  return table([
    labelled ? label("Quality") : index,
    ["#1 ID", (_, i) => 1000000 + 2 * i],
    ["#2 ID", (_, i) => 1000001 + 2 * i],
    first("#1 String"),
    second("#2 String"),
  ]);
}

function stsb(labelled: boolean): SampleLayout {
  return table([
    index,
    ["genre", () => "main-captions"],
    ["filename", () => "world"],
    ["year", () => "sample"],
    ["old_index", (_, i) => String(i).padStart(4, "0")],
    ["source1", () => "none"],
    ["source2", () => "none"],
    first("sentence1"),
    second("sentence2"),
    ...(labelled ? [label("score")] : []),
  ]);
}

function qqp(labelled: boolean): SampleLayout {
  const ids: Column[] = [["qid1", (_, i) => 2 * i + 1], ["qid2", (_, i) => 2 * i + 2]];
  return table([
    ["id", (_, i) => i],
    ...(labelled ? ids : []),
    first("question1"),
    second("question2"),
    ...(labelled ? [label("is_duplicate")] : []),
  ]);
}

const PARSES = ["sentence1_binary_parse", "sentence2_binary_parse"]
  .concat("sentence1_parse", "sentence2_parse").map(empty);

/** The annotators' labels (all the same here) and the gold label. */
function annotated(annotators: number): Column[] {
  if (annotators === 0) return [];
  const labels = Array.from({ length: annotators }, (_, i): Column => [
    `label${i + 1}`,
    // A row without gold label is one on which the annotators do not agree.
    (row) => row.label === "-" ? ["neutral", "entailment"][i % 2]! : row.label,
  ]);
  return [...labels, label("gold_label")];
}

function mnli(annotators: number): SampleLayout {
  return table([
    index,
    ["promptID", (_, i) => 10000 + i],
    ["pairID", (row, i) => `${10000 + i}${row.label.charAt(0)}`],
    ["genre", (row) => row.note],
    ...PARSES,
    first("sentence1"),
    second("sentence2"),
    ...annotated(annotators),
  ]);
}

function snli(annotators: number): SampleLayout {
  return table([
    index,
    ["captionID", (_, i) => `${20000 + i}.jpg#0`],
    ["pairID", (row, i) => `${20000 + i}.jpg#0r1${row.label.charAt(0)}`],
    ...PARSES,
    first("sentence1"),
    second("sentence2"),
    ...annotated(annotators),
  ]);
}

/** The official name of what decides an AX row, by column and by the row's note. */
const CATEGORIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Lexical Semantics": {
    who: "Lexical entailment",
    thing: "Lexical entailment",
    action: "Lexical entailment",
    trait: "Lexical entailment",
    look: "Lexical entailment",
    order: "Lexical entailment",
    quantity: "Quantifiers",
  },
  "Predicate-Argument Structure": {
    place: "Prepositional phrases",
    role: "Active/Passive",
    order: "Core args",
  },
  Logic: {
    count: "Intervals/Numbers",
    time: "Temporal",
    company: "Conjunction",
    quantity: "Universal",
  },
  Knowledge: { place: "Common sense", who: "World knowledge", thing: "World knowledge" },
};

function category(name: string): Column {
  return [name, ({ note }) => {
    const probe = note.replace(/^not /, "");
    const negation = note === probe || name !== "Logic" ? [] : ["Negation"];
    return [...negation, CATEGORIES[name]![probe] ?? []].flat().join(";");
  }];
}

/** AX with categories and labels, as the diagnostic set is published. */
const diagnostic = table([
  ...Object.keys(CATEGORIES).map(category),
  ["Domain", () => "Artificial"],
  first("Premise"),
  second("Hypothesis"),
  label("Label"),
]);

/** SciTail: no header; premise, hypothesis, label. */
const scitail = table([first("premise"), second("hypothesis"), label("label")], false);

/** Every layout that the sample uses, labelled or not. */
export const LAYOUTS = {
  cola,
  sst2,
  unlabelled,
  mrpc: mrpc(true),
  mrpcTest: mrpc(false),
  stsb: stsb(true),
  stsbTest: stsb(false),
  qqp: qqp(true),
  qqpTest: qqp(false),
  mnli: mnli(1),
  mnliDev: mnli(5),
  mnliTest: mnli(0),
  qnli: pairs("question", "sentence", true),
  qnliTest: pairs("question", "sentence", false),
  pairs: pairs("sentence1", "sentence2", true),
  pairsTest: pairs("sentence1", "sentence2", false),
  diagnostic,
  snli: snli(1),
  snliDev: snli(5),
  scitail,
} satisfies Record<string, SampleLayout>;
