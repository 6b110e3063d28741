import { assertEquals } from "@std/assert";
import { configurationName, isGenerated } from "../../lib/report/configuration.ts";
import { exampleRun } from "./example_runs.ts";

Deno.test("the sample is named by what it is, other sizes by their name", () => {
  const nameOf = (size: string) => configurationName(exampleRun({ size }));
  assertEquals(nameOf("paper"), "bert-base-uncased, paper size, fixed preset, float32");
  assertEquals(
    nameOf("sample"),
    "bert-base-uncased, sample of generated sentences, fixed preset, float32",
  );
});

Deno.test("of all sizes the sample alone is generated", () => {
  assertEquals(["sample", "small", "paper"].map((size) => isGenerated({ size })), [
    ...[true, false, false],
  ]);
});
