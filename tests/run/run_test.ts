import { assertEquals } from "@std/assert";
import { presets } from "../../lib/presets.ts";
import { folderName } from "../../lib/run/run.ts";
import { tasks } from "../../lib/tasks.ts";
import type { ReproduceOptions } from "../../lib/run/options.ts";
import { toyConfig } from "../support/toy.ts";

const options: ReproduceOptions = {
  ...{ size: "sample", data: "data/sample", encoder: "all-MiniLM-L6-v2", stages: ["tables"] },
  ...{ preset: presets.fixed, precision: "float32", results: "results" },
};

/** Folder of a run of RTE with seed 3. */
function folder(
  stage: "refine" | "finetune" | "adapt",
  changes: Partial<ReproduceOptions> = {},
  encoderName = "all-MiniLM-L6-v2",
): string {
  const encoder = { config: { ...toyConfig, name: encoderName } };
  const workshop = { options: { ...options, ...changes }, encoder } as Parameters<
    typeof folderName
  >[0];
  const entry = { task: tasks.rte } as Parameters<typeof folderName>[1]["tasks"][number];
  return folderName(workshop, {
    ...{ stage, encoder: "refined", seed: 3, tasks: [entry] },
    ...(stage === "adapt" && { fraction: 0.01 }),
  });
}

Deno.test("a run's folder names size, stage, encoder, share, task and seed", () => {
  assertEquals(folder("refine"), "sample-refine/multitask/seed-3");
  assertEquals(folder("finetune"), "sample-finetune-refined/rte/seed-3");
  assertEquals(folder("adapt", { size: "small" }), "small-adapt-refined-0.01/rte/seed-3");
});

Deno.test("runs of another encoder, preset or precision stand beside the default ones", () => {
  const names = [
    folder("finetune"),
    folder("finetune", { preset: presets.faithful }),
    folder("finetune", { precision: "bfloat16" }),
    folder("finetune", {}, "bert-base-uncased"),
    folder("finetune", { preset: presets.faithful, precision: "bfloat16" }, "bert-base-uncased"),
  ];
  assertEquals(names.map((name) => name.split("/")[0]), [
    "sample-finetune-refined",
    "sample-finetune-refined-faithful",
    "sample-finetune-refined-bfloat16",
    "sample-finetune-refined-bert-base-uncased",
    "sample-finetune-refined-bert-base-uncased-faithful-bfloat16",
  ]);
});
