/**
 * The official files of every task as values: where each split lies and how it is laid out. A new
 * file format is one more {@linkcode FigureLayout}, a new copy of known data one more path.
 *
 * Besides the GLUE download (folder names as its script makes them), the original releases of
 * SNLI, MultiNLI and SciTail are found as they unpack; their columns have the same names as
 * GLUE's in another order, so one layout reads both.
 *
 * @module
 */

import type { Layout, Source } from "./readers.ts";

/**
 * Names of the labels by number, as the project maps them (the reference program's order); an
 * empty list means a score from 0 to 5.
 *
 * @example
 * ```ts
 * import { labels } from "./layouts.ts";
 * labels.mnli[2]; // "entailment"
 * ```
 */
export const labels = {
  cola: ["unacceptable", "acceptable"],
  sst2: ["negative", "positive"],
  mrpc: ["not_equivalent", "equivalent"],
  stsb: [],
  qqp: ["not_duplicate", "duplicate"],
  mnli: ["contradiction", "neutral", "entailment"],
  qnli: ["not_entailment", "entailment"],
  rte: ["not_entailment", "entailment"],
  wnli: ["not_entailment", "entailment"],
  ax: ["contradiction", "neutral", "entailment"],
  snli: ["contradiction", "neutral", "entailment"],
  scitail: ["neutral", "entails"],
} as const satisfies Record<string, readonly string[]>;

/** Layout of CoLA's train and dev: source, label, the linguists' star, sentence; no header. */
const cola: Layout = {
  columns: ["source", "label", "star", "sentence"],
  premise: "sentence",
  target: "label",
  words: { "0": "unacceptable", "1": "acceptable" },
};

/** One sentence under a header; without `target`, as in the test files of CoLA and SST-2. */
const sentence: Layout = { id: "index", premise: "sentence" };

const sst2: Layout = {
  premise: "sentence",
  target: "label",
  words: { "0": "negative", "1": "positive" },
};

const mrpcTest: Layout = { id: "index", premise: "#1 String", hypothesis: "#2 String" };

const mrpc: Layout = {
  premise: "#1 String",
  hypothesis: "#2 String",
  target: "Quality",
  words: { "0": "not_equivalent", "1": "equivalent" },
};

/** sentence1 and sentence2 under a header: RTE, WNLI, MNLI, SNLI, STS-B and the diagnostics. */
const sentencePair: Layout = { id: "index", premise: "sentence1", hypothesis: "sentence2" };

const stsb: Layout = { ...sentencePair, target: "score" };

/** The STS benchmark's own files: no header; some rows end with one source per sentence. */
const stsbOriginal: Layout = {
  columns: ["genre", "filename", "year", "old_index", "score", "sentence1", "sentence2"],
  moreColumns: 2,
  premise: "sentence1",
  hypothesis: "sentence2",
  target: "score",
};

const qqpTest: Layout = { id: "id", premise: "question1", hypothesis: "question2" };

/** The reference program leaves out rows with too few columns, silently; here they are counted. */
const qqp: Layout = {
  ...qqpTest,
  target: "is_duplicate",
  words: { "0": "not_duplicate", "1": "duplicate" },
  leaveOutShort: true,
};

/** MNLI and SNLI, in GLUE's layout or the original one; "-" means that the annotators disagreed. */
const inference: Layout = {
  id: ["index", "pairID"],
  premise: "sentence1",
  hypothesis: "sentence2",
  target: "gold_label",
  withoutTarget: ["-"],
};

const qnliTest: Layout = { id: "index", premise: "question", hypothesis: "sentence" };

const qnli: Layout = { ...qnliTest, target: "label" };

const rte: Layout = { ...sentencePair, target: "label" };

const wnli: Layout = { ...rte, words: { "0": "not_entailment", "1": "entailment" } };

/**
 * WNLI's train and dev as the reference program misreads them: sentence2 as premise and the label's
 * own cell as hypothesis (the switch `wnliLabelAsHypothesis`). Its test file is read correctly.
 *
 * @example
 * ```ts
 * import { labels, wnliFaithful } from "./layouts.ts";
 * import { parseExamples } from "./readers.ts";
 * const text = "index\tsentence1\tsentence2\tlabel\n0\tA stick broke.\tIt broke.\t1\n";
 * const { examples } = parseExamples(text, wnliFaithful, labels.wnli, { file: "WNLI/dev.tsv" });
 * examples[0]?.hypotheses; // ["1"]
 * ```
 */
export const wnliFaithful: Layout = { ...wnli, premise: "sentence2", hypothesis: "label" };

/** GLUE's diagnostics with their labels, as published beside the benchmark. */
const axLabelled: Layout = { premise: "Premise", hypothesis: "Hypothesis", target: "Label" };

const scitail: Layout = {
  columns: ["premise", "hypothesis", "label"],
  premise: "premise",
  hypothesis: "hypothesis",
  target: "label",
};

function source(layout: Layout, ...candidates: string[]): Source {
  return { candidates, layout };
}

function multinli(split: string): Source {
  const original = `multinli_1.0_${split}.txt`;
  return source(
    inference,
    `MNLI/${split}.tsv`,
    `MNLI/original/${original}`,
    `multinli_1.0/${original}`,
  );
}

function snli(split: string): Source {
  const original = `snli_1.0_${split}.txt`;
  return source(
    inference,
    `SNLI/${split}.tsv`,
    `SNLI/original/${original}`,
    `snli_1.0/${original}`,
  );
}

function scitailSource(split: string): Source {
  const original = `tsv_format/scitail_1.0_${split}.tsv`;
  return source(scitail, `SciTail/${split}.tsv`, `SciTail/${original}`, `SciTailV1.1/${original}`);
}

/**
 * The splits of every task. `test` of a GLUE task has no targets; `test_labelled` has, where the
 * labels were published elsewhere.
 *
 * @example
 * ```ts
 * import { sources } from "./layouts.ts";
 * sources.rte.dev.candidates; // ["RTE/dev.tsv"]
 * ```
 */
export const sources = {
  cola: {
    train: source(cola, "CoLA/train.tsv"),
    dev: source(cola, "CoLA/dev.tsv"),
    test: source(sentence, "CoLA/test.tsv"),
  },
  sst2: {
    train: source(sst2, "SST-2/train.tsv"),
    dev: source(sst2, "SST-2/dev.tsv"),
    test: source(sentence, "SST-2/test.tsv"),
  },
  mrpc: {
    train: source(mrpc, "MRPC/train.tsv"),
    dev: source(mrpc, "MRPC/dev.tsv"),
    test: source(mrpcTest, "MRPC/test.tsv"),
    test_labelled: source(mrpc, "MRPC/msr_paraphrase_test.tsv", "MRPC/msr_paraphrase_test.txt"),
  },
  stsb: {
    train: source(stsb, "STS-B/train.tsv"),
    dev: source(stsb, "STS-B/dev.tsv"),
    test: source(sentencePair, "STS-B/test.tsv"),
    test_labelled: source(
      stsbOriginal,
      "STS-B/original/sts-test.csv",
      "STS-B/original/sts-test.tsv",
      "stsbenchmark/sts-test.csv",
    ),
  },
  qqp: {
    train: source(qqp, "QQP/train.tsv"),
    dev: source(qqp, "QQP/dev.tsv"),
    test: source(qqpTest, "QQP/test.tsv"),
  },
  mnli: {
    train: multinli("train"),
    dev_matched: multinli("dev_matched"),
    dev_mismatched: multinli("dev_mismatched"),
    test_matched: source(sentencePair, "MNLI/test_matched.tsv"),
    test_mismatched: source(sentencePair, "MNLI/test_mismatched.tsv"),
  },
  qnli: {
    train: source(qnli, "QNLI/train.tsv"),
    dev: source(qnli, "QNLI/dev.tsv"),
    test: source(qnliTest, "QNLI/test.tsv"),
  },
  rte: {
    train: source(rte, "RTE/train.tsv"),
    dev: source(rte, "RTE/dev.tsv"),
    test: source(sentencePair, "RTE/test.tsv"),
  },
  wnli: {
    train: source(wnli, "WNLI/train.tsv"),
    dev: source(wnli, "WNLI/dev.tsv"),
    test: source(sentencePair, "WNLI/test.tsv"),
  },
  ax: {
    test: source(sentencePair, "AX/test.tsv", "AX/AX.tsv", "AX.tsv", "diagnostic/diagnostic.tsv"),
    test_labelled: source(
      axLabelled,
      "AX/diagnostic-full.tsv",
      "diagnostic/diagnostic-full.tsv",
      "diagnostic-full.tsv",
    ),
  },
  snli: { train: snli("train"), dev: snli("dev"), test: snli("test") },
  scitail: {
    train: scitailSource("train"),
    dev: scitailSource("dev"),
    test: scitailSource("test"),
  },
} as const satisfies Record<string, Readonly<Record<string, Source>>>;
