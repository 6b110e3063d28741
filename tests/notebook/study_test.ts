import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { parseReproduce } from "../../lib/run/options.ts";
import { openResults } from "../../lib/run/results.ts";
import { openStudy, type Study } from "../../lib/notebook/study.ts";
import { tasks } from "../../lib/tasks.ts";
import { startTensorFlow } from "../../lib/tensorflow/backend.ts";
import { argumentsIn, makeWorld, snapshot, type World } from "../support/toy_world.ts";

await startTensorFlow();
const world: World = await makeWorld({ train: 40, dev: 12 });
const cache = Deno.env.get("XDG_CACHE_HOME");
Deno.test.beforeAll(() => Deno.env.set("XDG_CACHE_HOME", `${world.folder}/cache`));
Deno.test.afterAll(async () => {
  if (cache === undefined) Deno.env.delete("XDG_CACHE_HOME");
  else Deno.env.set("XDG_CACHE_HOME", cache);
  await Deno.remove(world.folder, { recursive: true });
});

/** A study in the world, and the names of the runs it makes. */
async function study(...more: string[]): Promise<{ study: Study; made: string[] }> {
  const made: string[] = [];
  const options = parseReproduce(argumentsIn(world, "--steps", "2", ...more))!;
  const report = (name: string) => ({
    ...{ started: () => {}, step: () => {}, message: () => {}, failed: () => {} },
    finished: () => void made.push(name),
  });
  return { study: await openStudy(options, { report }), made };
}

const refine = "sample-refine-toy/multitask/seed-1";

Deno.test("a stage's missing runs are made, and drawn from disk the next time", async () => {
  const first = await study();
  const [run] = await first.study.runs("refine");
  assertEquals(first.made, [refine]);
  assertEquals([run!.name, run!.steps.length], [refine, 2]);
  const before = await snapshot(world.results);
  const second = await study();
  using _busy = await openResults(world.results); // as while another process makes runs
  const [again] = await second.study.runs("refine");
  assertEquals(again!.record, run!.record);
  assertEquals(second.made, []);
  assertEquals(await snapshot(world.results), before);
});

Deno.test("finished runs are shown where their weights are missing, as in a clone", async () => {
  const path = `${world.results}/${refine}/checkpoint`;
  await Deno.rename(path, `${world.folder}/checkpoint`);
  const { study: opened, made } = await study();
  const [run] = await opened.runs("refine");
  assertEquals(made, []);
  const attention = () => opened.attention(run!, "mrpc", "dev", 0);
  await assertRejects(attention, Error, "weights are never committed): run deno task reproduce");
  await Deno.rename(`${world.folder}/checkpoint`, path);
});

Deno.test("predictions stand in the order of rows, and mistakes come with their texts", async () => {
  const { study: opened } = await study();
  const [run] = await opened.runs("refine");
  const { features } = await opened.prepared("mnli", "dev_matched");
  const rows = await run!.predictions("mnli", "dev_matched");
  assertEquals(rows.map(({ id }) => id), features.ids);
  const wrong = rows.filter(({ target, prediction }) => target !== prediction);
  const mistakes = await opened.mistakes(run!, "mnli", "dev_matched", 100);
  assertEquals(mistakes.length, wrong.length);
  const examples = await opened.examples("mnli", "dev_matched");
  for (const [i, { sure, premise, hypothesis }] of mistakes.entries()) {
    assert(i === 0 || sure <= mistakes[i - 1]!.sure);
    assert(sure > 33 && sure <= 100, `${sure}`);
    assert(examples.some((one) => one.premise === premise && one.hypotheses[0] === hypothesis));
  }
  const scores = await opened.mistakes(run!, "stsb", "dev", 3);
  assertEquals(scores.length, 3);
});

Deno.test("the answer head's attention is told in pieces and labels", async () => {
  const { study: opened } = await study();
  const [run] = await opened.runs("refine");
  const found = await opened.attention(run!, "mrpc", "dev", 0);
  assertEquals([found.hypothesis[0], found.hypothesis.at(-1)], ["[CLS]", "[SEP]"]);
  assertEquals(found.premise.at(-1), "[SEP]");
  assertEquals(found.turns.map((turn) => turn.length), Array(5).fill(found.premise.length));
  assertEquals(found.start?.length, found.hypothesis.length);
  const labels = new RegExp(`^(${tasks.mrpc.labels.join("|")}) \\d+ %$`);
  for (const answer of found.answers!) {
    assertMatch(answer, labels);
  }
  const linear = () => opened.attention(run!, "rte", "dev", 0);
  await assertRejects(linear, Error, 'Cannot show how "rte" is read');
});

Deno.test("results made otherwise are not made again unasked", async () => {
  const { study: opened, made } = await study("--steps", "3");
  await assertRejects(
    () => opened.runs("refine"),
    Error,
    `The results in "${refine}" are of another version, other data or other options: run deno task`,
  );
  assertEquals(made, []);
});

Deno.test("finetuning makes the refined encoder's runs from it, and keeps it", async () => {
  const { study: opened, made } = await study("--tasks", "wnli");
  const runs = await opened.runs("finetune");
  assertEquals(runs.map(({ name }) => name), made);
  assertEquals(made, [
    "sample-finetune-plain-toy/wnli/seed-1",
    "sample-finetune-refined-toy/wnli/seed-1",
  ]);
});
