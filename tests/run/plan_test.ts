import { assertEquals } from "@std/assert";
import { presets } from "../../lib/presets.ts";
import { folderName } from "../../lib/run/plan.ts";
import { tasks } from "../../lib/tasks.ts";

/** Folder of a run of RTE with seed 3. */
function folder(
  stage: "refine" | "finetune" | "adapt",
  changes: Partial<Parameters<typeof folderName>[0]> = {},
  encoderName = "all-MiniLM-L6-v2",
): string {
  const options = { size: "sample", preset: presets.fixed, precision: "float32" } as const;
  return folderName({ ...options, ...changes }, encoderName, {
    ...{ stage, start: { from: "refined" }, seed: 3, tasks: [{ task: tasks.rte }] },
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
