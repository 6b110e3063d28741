import { assertEquals } from "@std/assert";
import type { TaskName } from "../../lib/tasks.ts";
import { tasksOf } from "../../lib/run/options.ts";

/** Tasks of each stage where some are chosen by name. */
function stages(...chosen: TaskName[]): readonly (readonly TaskName[])[] {
  return (["refine", "finetune", "adapt"] as const)
    .map((stage) => tasksOf({ size: "sample", tasks: chosen }, stage));
}

Deno.test("choosing tasks leaves the multi-task stage whole and splits the others by their lists", () => {
  const refined = tasksOf({ size: "sample" }, "refine");
  assertEquals(stages("rte"), [refined, ["rte"], []]);
  assertEquals(stages("snli", "wnli"), [refined, ["wnli"], ["snli"]]);
});

Deno.test("a task outside the lists is finetuned when it is named, if it can be trained", () => {
  const [, finetuned, adapted] = stages("qnli_rank", "ax", "scitail", "cola");
  assertEquals([finetuned, adapted], [["cola", "qnli_rank"], ["scitail"]]);
});
