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

const captionOf = ({ target, prediction }: { target: string; prediction: string }) =>
  `MRPC, target: ${target}, predicted: ${prediction}`;

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
  const attention = () => opened.attention(run!, { task: "mrpc", position: 0 });
  await assertRejects(attention, Error, "weights are never committed): run deno task reproduce");
  await Deno.rename(`${world.folder}/checkpoint`, path);
});

Deno.test("predictions stand in the order of rows, and mistakes come with their texts", async () => {
  const { study: opened } = await study();
  const [run] = await opened.runs("refine");
  const { features } = await opened.prepared("mnli");
  const rows = await run!.predictions();
  assertEquals(rows.map(({ id }) => id), features.ids);
  const wrong = rows.filter(({ target, prediction }) => target !== prediction);
  const mistakes = await opened.mistakes(run!, { most: 100 });
  assertEquals(mistakes.length, wrong.length);
  const examples = await opened.examples("mnli");
  for (const [i, { sure, premise, hypothesis }] of mistakes.entries()) {
    assert(i === 0 || sure <= mistakes[i - 1]!.sure);
    assert(sure > 33 && sure <= 100, `${sure}`);
    assert(examples.some((one) => one.premise === premise && one.hypotheses[0] === hypothesis));
  }
  const scores = await opened.mistakes(run!, { task: "stsb", most: 3 });
  assertEquals(scores.length, 3);
});

Deno.test("the answer head's attention is told in pieces and labels", async () => {
  const { study: opened } = await study();
  const [run] = await opened.runs("refine");
  const found = await opened.attention(run!, { task: "mrpc", position: 0 });
  assertEquals([found.hypothesis[0], found.hypothesis.at(-1)], ["[CLS]", "[SEP]"]);
  assertEquals(found.premise.at(-1), "[SEP]");
  assertEquals(found.turns.map((turn) => turn.length), Array(5).fill(found.premise.length));
  assertEquals(found.start?.length, found.hypothesis.length);
  const labels = new RegExp(`^(${tasks.mrpc.labels.join("|")}) \\d+ %$`);
  for (const answer of found.answers!) {
    assertMatch(answer, labels);
  }
  const rows = await run!.predictions({ task: "mrpc" });
  const right = rows.findIndex(({ target, prediction }) => target === prediction);
  const { caption } = await opened.attention(run!);
  assertEquals(caption, captionOf(rows[Math.max(0, right)]!));
  assertEquals(found.caption, captionOf(rows[0]!));
  const linear = () => opened.attention(run!, { task: "rte", position: 0 });
  await assertRejects(linear, Error, 'Cannot show how "rte" is read');
});

Deno.test("a split comes with its task, and is the first that is scored unless it is named", async () => {
  const { study: opened } = await study();
  const dev = await opened.prepared("mnli");
  assertEquals([dev.task.title, dev.split, dev.features.rows.length], ["MNLI", "dev_matched", 12]);
  const train = await opened.prepared("mnli", "train");
  assertEquals([train.split, train.features.rows.length], ["train", 40]);
  await assertRejects(() => opened.prepared("mnil"), Error, 'Unknown task "mnil"');
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
  const told = runs.map(({ task, split, encoder, seed, fraction, trainingRows, drawnRows }) =>
    [task.name, split, encoder, seed, fraction, trainingRows, drawnRows.length].join()
  );
  assertEquals(told, ["wnli,dev,plain,1,1,40,0", "wnli,dev,refined,1,1,40,0"]);
  const [run] = runs;
  assertEquals(run!.scores, run!.record.summaries[0]!.scores);
});
