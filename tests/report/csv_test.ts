import { assertEquals, assertThrows } from "@std/assert";
import { parse } from "@std/csv";
import { renderCsv } from "../../lib/report/csv.ts";
import { published } from "../../lib/report/published.ts";
import { exampleRun, seedRuns } from "./example_runs.ts";

const read = (text: string) => parse(text, { skipFirstRow: true });

Deno.test("the CSV has one line per cell of ours, unrounded, with each seed's value", () => {
  const runs = [...seedRuns([70, 71.25]), ...seedRuns([80, null], { encoder: "refined" })];
  const [plain, refined] = read(renderCsv(runs));
  assertEquals(plain!.origin, "ours");
  assertEquals(plain!.mean, "70.625");
  assertEquals(plain!.values, "1:70 2:71.25");
  assertEquals([plain!.n, plain!.undefined, plain!.train_official], ["2", "0", "2490"]);
  assertEquals([refined!.encoder, refined!.n, refined!.undefined], ["refined", "1", "1"]);
  assertEquals([refined!.sd, refined!.values], ["", "1:80 2:"]);
});

Deno.test("published numbers follow ours and are marked as such", () => {
  const lines = read(renderCsv([exampleRun()]));
  assertEquals(lines.length, 1 + published.length);
  assertEquals(new Set(lines.slice(1).map(({ origin }) => origin)), new Set(["published"]));
  const found = lines.find(({ system, task, part }) =>
    system === "ST-DNN" && task === "qnli" && part === "v1"
  );
  assertEquals([found!.mean, found!.encoder_name, found!.split], ["96.1", "BERT large", "dev"]);
});

Deno.test("no published number follows the generated sample", () => {
  assertEquals(read(renderCsv([exampleRun({ size: "sample" })])).length, 1);
  const both = [exampleRun({ size: "sample" }), exampleRun()];
  assertEquals(read(renderCsv(both)).length, 2 + published.length);
});

Deno.test("the CSV does not depend on the order of the runs and has plain line ends", () => {
  const runs = [...seedRuns([70, 71]), exampleRun({ task: "cola" })];
  assertEquals(renderCsv(runs), renderCsv(runs.toReversed()));
  assertEquals(renderCsv(runs).includes("\r"), false);
});

Deno.test("a number that is not finite never reaches the CSV", () => {
  const run = exampleRun({ scores: { accuracy: Infinity } });
  assertThrows(() => renderCsv([run]), RangeError, "finetune/rte/seed-1");
});
