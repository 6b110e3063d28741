/**
 * Published numbers, to print beside ours and never as ours: each says which system, which encoder
 * size, dev or test, and who printed it. All are x 100, as printed.
 *
 * @module
 */

import type { ExperimentName } from "./runs.ts";

/** One published number. */
export interface Published {
  /** The system's published name. */
  readonly system: string;
  /** Encoder size: BERT-base, BERT-large, or `small` for 6 layers of width 384. */
  readonly size: "base" | "large" | "small";
  /** The rows that were scored. */
  readonly split: "dev" | "test";
  /** As in lib/tasks.ts; `glue` for the average. */
  readonly task: string;
  /** Where a task has two: the MNLI genres, or the QNLI release (v1 is scored as ranking). */
  readonly part?: "matched" | "mismatched" | "v1" | "v2";
  /** Name of the metric, as in lib/metrics/metrics.ts; `score` is the GLUE average. */
  readonly metric: string;
  /** Share of the training rows, where the number is from domain adaptation. */
  readonly fraction?: number;
  /** The number, x 100. */
  readonly value: number;
  /** The experiment of ours that it belongs beside. */
  readonly experiment: ExperimentName;
  /** Whether the encoder went through the multi-task stage first. */
  readonly encoder: "plain" | "refined";
  /** Key in {@linkcode publishedSources}. */
  readonly source: PublishedSource;
}

/** Name of a place where numbers were printed. */
export type PublishedSource = "paper" | "program" | "claf" | "minilm";

/** Where the numbers were printed. */
export const publishedSources: Readonly<Record<PublishedSource, string>> = {
  paper: "Liu, He, Chen, Gao 2019, arXiv 1901.11504",
  program: "README of the reference program (namisan/mt-dnn, v0.1)",
  claf: "GLUE report of CLaF (naver/claf): a third party's reproduction without SAN, one run",
  minilm: "MiniLM's authors (microsoft/unilm, minilm), full training data; MRPC and QQP accuracy",
};

type Group = Omit<Published, "task" | "part" | "metric" | "fraction" | "value">;

/** `"mnli matched": { accuracy: 87.1 }`: a task and its part, then values by metric. */
type Values = Readonly<Record<string, Readonly<Record<string, number>>>>;

function records(group: Group, values: Values): Published[] {
  return Object.entries(values).flatMap(([key, byMetric]) => {
    const [task, part] = key.split(" ") as [string, Published["part"]];
    return Object.entries(byMetric).map(([metric, value]) => ({
      ...group,
      task,
      ...(part === undefined ? {} : { part }),
      metric,
      value,
    }));
  });
}

/** Accuracy on SNLI and SciTail at 0.1, 1, 10 and 100 % of the rows; one value is that at 100 %. */
function adapted(
  system: string,
  encoder: Group["encoder"],
  size: Group["size"],
  split: Group["split"],
  values: Readonly<Record<"snli" | "scitail", readonly number[]>>,
): Published[] {
  const group: Group = { system, size, split, experiment: "adapt", encoder, source: "paper" };
  return Object.entries(values).flatMap(([task, row]) => {
    const fractions = [0.001, 0.01, 0.1, 1].slice(-row.length);
    return row.map((value, i): Published => ({
      ...group,
      task,
      metric: "accuracy",
      fraction: fractions[i]!,
      value,
    }));
  });
}

const bert = { system: "BERT", experiment: "finetune", encoder: "plain", source: "paper" } as const;
const stDnn = { ...bert, system: "ST-DNN" } as const;
const mtDnn = { ...bert, system: "MT-DNN", encoder: "refined" } as const;
const unfinetuned = {
  ...mtDnn,
  system: "MT-DNN without finetuning",
  experiment: "refine",
} as const;

const test: Published[] = [
  ...records({ ...bert, size: "large", split: "test" }, {
    cola: { matthews: 60.5 },
    sst2: { accuracy: 94.9 },
    mrpc: { f1: 89.3, accuracy: 85.4 },
    stsb: { pearson: 87.6, spearman: 86.5 },
    qqp: { f1: 72.1, accuracy: 89.3 },
    "mnli matched": { accuracy: 86.7 },
    "mnli mismatched": { accuracy: 85.9 },
    qnli: { accuracy: 92.7 },
    rte: { accuracy: 70.1 },
    wnli: { accuracy: 65.1 },
    ax: { matthews: 39.6 },
    glue: { score: 80.5 },
  }),
  ...records({ ...unfinetuned, size: "large", split: "test" }, {
    cola: { matthews: 58.9 },
    sst2: { accuracy: 94.6 },
    mrpc: { f1: 90.1, accuracy: 86.4 },
    stsb: { pearson: 89.5, spearman: 88.8 },
    qqp: { f1: 72.7, accuracy: 89.6 },
    "mnli matched": { accuracy: 86.5 },
    "mnli mismatched": { accuracy: 85.8 },
    qnli: { accuracy: 93.1 },
    rte: { accuracy: 79.1 },
    wnli: { accuracy: 65.1 },
    ax: { matthews: 39.4 },
    glue: { score: 81.7 },
  }),
  ...records({ ...mtDnn, size: "large", split: "test" }, {
    cola: { matthews: 62.5 },
    sst2: { accuracy: 95.6 },
    mrpc: { f1: 91.1, accuracy: 88.2 },
    stsb: { pearson: 89.5, spearman: 88.8 },
    qqp: { f1: 72.7, accuracy: 89.6 },
    "mnli matched": { accuracy: 86.7 },
    "mnli mismatched": { accuracy: 86.0 },
    qnli: { accuracy: 93.1 },
    rte: { accuracy: 81.4 },
    wnli: { accuracy: 65.1 },
    ax: { matthews: 40.3 },
    glue: { score: 82.7 },
  }),
];

const dev: Published[] = [
  ...records({ ...bert, size: "large", split: "dev" }, {
    "mnli matched": { accuracy: 86.3 },
    "mnli mismatched": { accuracy: 86.2 },
    qqp: { accuracy: 91.1, f1: 88.0 },
    rte: { accuracy: 71.1 },
    "qnli v1": { accuracy: 90.5 },
    "qnli v2": { accuracy: 92.4 },
    mrpc: { f1: 89.5, accuracy: 85.8 },
    cola: { matthews: 61.8 },
    sst2: { accuracy: 93.5 },
    stsb: { pearson: 89.6, spearman: 89.3 },
  }),
  ...records({ ...stDnn, size: "large", split: "dev" }, {
    "mnli matched": { accuracy: 86.6 },
    "mnli mismatched": { accuracy: 86.3 },
    qqp: { accuracy: 91.3, f1: 88.4 },
    rte: { accuracy: 72.0 },
    "qnli v1": { accuracy: 96.1 },
    mrpc: { f1: 89.7, accuracy: 86.4 },
  }),
  ...records({ ...mtDnn, size: "large", split: "dev" }, {
    "mnli matched": { accuracy: 87.1 },
    "mnli mismatched": { accuracy: 86.7 },
    qqp: { accuracy: 91.9, f1: 89.2 },
    rte: { accuracy: 83.4 },
    "qnli v1": { accuracy: 97.4 },
    "qnli v2": { accuracy: 92.9 },
    mrpc: { f1: 91.0, accuracy: 87.5 },
    cola: { matthews: 63.5 },
    sst2: { accuracy: 94.3 },
    stsb: { pearson: 90.7, spearman: 90.6 },
  }),
  ...records({ ...mtDnn, size: "large", split: "dev", source: "program" }, {
    stsb: { pearson: 90.5, spearman: 90.4 },
    rte: { accuracy: 83.8 },
  }),
];

const reproduction: Published[] = [
  ...records({ ...bert, size: "base", split: "dev", source: "claf" }, {
    cola: { matthews: 59.4 },
    "mnli matched": { accuracy: 83.9 },
    "mnli mismatched": { accuracy: 84.3 },
    mrpc: { accuracy: 87.5, f1: 91.3 },
    qnli: { accuracy: 88.5 },
    qqp: { accuracy: 90.4, f1: 87.2 },
    rte: { accuracy: 69.3 },
    sst2: { accuracy: 92.5 },
    stsb: { pearson: 88.1, spearman: 87.9 },
    wnli: { accuracy: 56.3 },
  }),
  ...records({ ...mtDnn, size: "base", split: "dev", source: "claf" }, {
    cola: { matthews: 54.7 },
    "mnli matched": { accuracy: 84.5 },
    "mnli mismatched": { accuracy: 84.2 },
    mrpc: { accuracy: 87.5, f1: 91.0 },
    qqp: { accuracy: 91.3, f1: 88.2 },
    rte: { accuracy: 79.4 },
    sst2: { accuracy: 93.0 },
    stsb: { pearson: 88.4, spearman: 88.8 },
    wnli: { accuracy: 57.7 },
  }),
];

const miniLm = records({
  ...bert,
  system: "MiniLM-L6-H384",
  size: "small",
  split: "dev",
  source: "minilm",
}, {
  "mnli matched": { accuracy: 83.3 },
  sst2: { accuracy: 91.5 },
  qnli: { accuracy: 90.5 },
  cola: { matthews: 47.5 },
  rte: { accuracy: 68.8 },
  mrpc: { accuracy: 88.9 },
  qqp: { accuracy: 90.6 },
});

/** Every published number this project prints beside its own. */
export const published: readonly Published[] = [
  ...test,
  ...dev,
  ...adapted("BERT", "plain", "base", "dev", {
    snli: [52.5, 78.1, 86.7, 91.0],
    scitail: [51.2, 82.2, 90.5, 94.3],
  }),
  ...adapted("MT-DNN", "refined", "base", "dev", {
    snli: [82.1, 85.2, 88.4, 91.5],
    scitail: [81.9, 88.3, 91.1, 95.7],
  }),
  ...adapted("BERT", "plain", "base", "test", { snli: [90.8], scitail: [92.0] }),
  ...adapted("MT-DNN", "refined", "base", "test", { snli: [91.1], scitail: [94.1] }),
  ...adapted("BERT", "plain", "large", "dev", { snli: [91.7], scitail: [95.7] }),
  ...adapted("BERT", "plain", "large", "test", { snli: [91.0], scitail: [94.4] }),
  ...adapted("MT-DNN", "refined", "large", "dev", { snli: [92.2], scitail: [96.3] }),
  ...adapted("MT-DNN", "refined", "large", "test", { snli: [91.6], scitail: [95.0] }),
  ...reproduction,
  ...miniLm,
];

/** What to look for: a number is found if every field given here equals its own. */
export type PublishedQuery = Partial<Omit<Published, "value">>;

/**
 * The published numbers that fit a query, in the order of the list.
 *
 * @example
 * ```ts
 * import { findPublished } from "./published.ts";
 * const [number] = findPublished({ task: "rte", split: "dev", system: "MT-DNN", size: "base" });
 * number!.value; // 79.4
 * ```
 */
export function findPublished(query: PublishedQuery): Published[] {
  const wanted = Object.entries(query) as [keyof PublishedQuery, unknown][];
  return published.filter((number) => wanted.every(([field, value]) => number[field] === value));
}

/**
 * System, size, split and source of a number in words, as tables print them.
 *
 * @example
 * ```ts
 * import { describePublished, findPublished } from "./published.ts";
 * describePublished(findPublished({ task: "ax" })[0]!); // "BERT, large, test"
 * ```
 */
export function describePublished({ system, size, split, part }: Published): string {
  const version = part === "v1" || part === "v2" ? `, QNLI ${part}` : "";
  return `${system}, ${size}, ${split}${version}`;
}
