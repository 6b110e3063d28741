import type { RunSummary } from "../../lib/report/runs.ts";
import type { TablesHeader } from "../../lib/report/tables.ts";

/** A finetuning run of RTE; tests change what they are about. */
export function exampleRun(changes: Partial<RunSummary> = {}): RunSummary {
  return {
    experiment: "finetune",
    encoder: "plain",
    encoderName: "bert-base-uncased",
    task: "rte",
    split: "dev",
    seed: 1,
    scores: { accuracy: 70 },
    rows: { train: 2490, trainOfficial: 2490, dev: 277 },
    steps: 390,
    precision: "float32",
    preset: "fixed",
    size: "paper",
    head: "classify",
    ...changes,
  };
}

/** One run for each value, seeds counted from 1. */
export function seedRuns(values: readonly (number | null)[], changes: Partial<RunSummary> = {}) {
  return values.map((accuracy, i) => exampleRun({ seed: i + 1, scores: { accuracy }, ...changes }));
}

export const exampleHeader: TablesHeader = {
  command: "deno task tables",
  commit: "0123abc",
  date: "2026-01-31",
  versions: { tensorflow: "2.21.0", deno: "2.9.6" },
  selection: {
    refine: "the one with the highest mean of the MNLI and RTE dev scores",
    finetune: "the epoch with the highest first metric on dev",
    adapt: "the last step",
  },
};
