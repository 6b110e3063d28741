import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  finishedRun,
  identityOf,
  openResults,
  openRunFolder,
  readRecords,
  type RunRecord,
  writeTables,
} from "../lib/results.ts";
import type { RunSummary } from "../lib/report/runs.ts";
import type { Step } from "../lib/types.ts";
import { exampleHeader, exampleRun } from "./report/example_runs.ts";
import { inFolder } from "./model/small.ts";

const name = "sample-refine/multitask/seed-1";

const step: Step = {
  step: 0,
  epoch: 0,
  task: "rte",
  loss: 0.6931471805599453,
  gradientNorm: 2.5,
  learningRate: 1e-5,
  rows: 8,
  tokens: 120,
  seconds: 0.1234567,
};

/** Writes a run whole and returns its record. */
async function writeRun(
  results: string,
  name: string,
  changes: Partial<RunSummary> = {},
  versions: Record<string, string> = { tensorflow: "2.21.0" },
): Promise<RunRecord> {
  const record: RunRecord = {
    identity: "abc",
    configuration: {},
    circumstances: { versions },
    summaries: [exampleRun(changes)],
  };
  const folder = await openRunFolder(results, name);
  await folder.write("run.json", JSON.stringify(record));
  await folder.finish();
  return record;
}

/** Names of all files and folders below `folder`. */
async function namesBelow(folder: string, prefix = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${prefix}`)) {
    names.push(`${prefix}${name}`);
    if (isDirectory) names.push(...await namesBelow(folder, `${prefix}${name}/`));
  }
  return names.sort();
}

Deno.test("a run's folder is in its place only when it is finished", () =>
  inFolder(async (results) => {
    const folder = await openRunFolder(results, name);
    folder.log(step);
    folder.log({ ...step, step: 1 });
    await folder.write("scores.json", "{}\n");
    assertEquals(await namesBelow(results, "sample-refine/multitask/"), [
      "sample-refine/multitask/seed-1.unfinished",
      "sample-refine/multitask/seed-1.unfinished/log.jsonl",
      "sample-refine/multitask/seed-1.unfinished/scores.json",
    ]);
    assertEquals(await folder.finish(), `${results}/${name}`);
    assertEquals(await namesBelow(results, "sample-refine/multitask/"), [
      name,
      `${name}/log.jsonl`,
      `${name}/scores.json`,
    ]);
    const lines = (await Deno.readTextFile(`${results}/${name}/log.jsonl`)).trimEnd().split("\n");
    const logged = { ...step, seconds: 0.123 };
    assertEquals(lines.map((line) => JSON.parse(line)), [logged, { ...logged, step: 1 }]);
  }));

Deno.test("a new run takes the old one's place when it is finished, not before", () =>
  inFolder(async (results) => {
    await writeRun(results, name, { steps: 1 });
    const folder = await openRunFolder(results, name);
    folder.log(step);
    const [{ summaries }] = await readRecords(results) as [RunRecord];
    assertEquals(summaries[0]?.steps, 1);
    await folder.write("other.json", "{}");
    await folder.finish();
    assertEquals((await namesBelow(results, `${name}/`)).map((path) => path.split("/")[3]), [
      "log.jsonl",
      "other.json",
    ]);
  }));

Deno.test("an abandoned run leaves nothing, and what was there before stays", () =>
  inFolder(async (results) => {
    await writeRun(results, name);
    const before = await namesBelow(results);
    const folder = await openRunFolder(results, name);
    folder.log(step);
    await folder.write("scores.json", "{}");
    await folder.abandon();
    await folder.abandon(); // as after a failure while abandoning
    assertEquals(await namesBelow(results), before);
  }));

Deno.test("what a killed run left behind is removed by the next one", () =>
  inFolder(async (results) => {
    await Deno.mkdir(`${results}/${name}.unfinished/checkpoint`, { recursive: true });
    await Deno.writeTextFile(`${results}/${name}.unfinished/log.jsonl`, "{}\n");
    const folder = await openRunFolder(results, name);
    await folder.finish();
    assertEquals(await Deno.readTextFile(`${results}/${name}/log.jsonl`), "");
  }));

Deno.test("a run that can't take its place leaves the old one there", () =>
  inFolder(async (results) => {
    await writeRun(results, name);
    const folder = await openRunFolder(results, name);
    await Deno.remove(folder.path, { recursive: true }); // by someone else
    await assertRejects(
      () => folder.finish(),
      Error,
      `Cannot write results to "${results}/${name}"`,
    );
    await folder.abandon();
    assertEquals((await readRecords(results)).length, 1);
  }));

Deno.test("a results folder below a plain file is refused in one sentence", () =>
  inFolder(async (folder) => {
    const results = `${folder}/file/results`;
    await Deno.writeTextFile(`${folder}/file`, "mine");
    const expected = new RegExp(
      `^Cannot write results to "${results}[^"]*": Not a directory \\(os error 20\\); ` +
        "make room there or choose another folder with --results\\.$",
    );
    for (const open of [() => openResults(results), () => openRunFolder(results, name)]) {
      assertMatch((await assertRejects(open, Error)).message, expected);
    }
    await assertRejects(() => openResults(`${folder}/file`), Error, "Cannot write results to");
    assertEquals(await Deno.readTextFile(`${folder}/file`), "mine");
  }));

Deno.test("opening the results folder makes it and leaves nothing in it", () =>
  inFolder(async (folder) => {
    await openResults(`${folder}/new/results`);
    assertEquals(await namesBelow(folder), ["new", "new/results"]);
  }));

Deno.test("a file that can't be written is named", () =>
  inFolder(async (results) => {
    const folder = await openRunFolder(results, name);
    await Deno.remove(folder.path, { recursive: true }); // by someone else
    const file = `${results}/${name}.unfinished/scores.json`;
    const expected = `Cannot write results to "${file}": No such file or directory (os error 2); `;
    await assertRejects(() => folder.write("scores.json", "{}"), Error, expected);
    await folder.abandon();
  }));

Deno.test("a run is finished where its record has the identity", () =>
  inFolder(async (results) => {
    assertEquals(await finishedRun(results, name, "abc", false), null);
    const record = await writeRun(results, name);
    assertEquals(await finishedRun(results, name, "abc", false), record);
    assertEquals(await finishedRun(results, name, "abd", false), null);
  }));

Deno.test("a run whose checkpoint is needed is finished only with one", () =>
  inFolder(async (results) => {
    const record = await writeRun(results, name);
    assertEquals(await finishedRun(results, name, "abc", true), null);
    await Deno.mkdir(`${results}/${name}/checkpoint`);
    assertEquals(await finishedRun(results, name, "abc", true), null); // an empty folder is none
    await Deno.writeTextFile(`${results}/${name}/checkpoint/checkpoint.json`, "{}");
    assertEquals(await finishedRun(results, name, "abc", true), record);
  }));

Deno.test("a damaged record is a run to make again, but tables don't pass over it", () =>
  inFolder(async (results) => {
    await writeRun(results, name);
    const file = `${results}/${name}/run.json`;
    for (const text of ["{", "null", "{}", '{"identity":"abc"}']) {
      await Deno.writeTextFile(file, text);
      assertEquals(await finishedRun(results, name, "abc", false), null);
      const { message } = await assertRejects(() => readRecords(results), Error);
      assertMatch(message, /^Cannot read ".*run\.json": .*; delete its folder and run it again\.$/);
    }
  }));

Deno.test("records are read in the order of their folders, unfinished ones left aside", () =>
  inFolder(async (results) => {
    for (const [task, seed] of [["rte", 2], ["rte", 1], ["cola", 1]] as const) {
      await writeRun(results, `sample-finetune-plain/${task}/seed-${seed}`, { task, seed });
    }
    const unfinished = await openRunFolder(results, "sample-finetune-plain/rte/seed-3");
    await Deno.mkdir(`${results}/sample-finetune-plain/rte/seed-1.replaced`);
    const runs = (await readRecords(results)).map(({ summaries: [run] }) => run!);
    assertEquals(runs.map(({ task, seed }) => `${task} ${seed}`), ["cola 1", "rte 1", "rte 2"]);
    await unfinished.abandon();
  }));

Deno.test("tables hold all runs, as text and as CSV, with the versions they were made with", () =>
  inFolder(async (results) => {
    const { versions: _, ...header } = exampleHeader;
    await writeRun(results, "a/rte/seed-1", { seed: 1 });
    await writeRun(results, "a/rte/seed-2", { seed: 2 }, { tensorflow: "2.20.0" });
    const markdown = await writeTables(results, header);
    assertMatch(markdown, /with tensorflow 2\.20\.0 and 2\.21\.0\./);
    assertMatch(markdown, /\| rte \| dev \| accuracy \| classify \| 70\.0 ± 0\.0 \(n=2\)/);
    assertEquals(await Deno.readTextFile(`${results}/tables.md`), markdown);
    assertMatch(await Deno.readTextFile(`${results}/tables.csv`), /rte/);
  }));

Deno.test("tables of no run are refused", () =>
  inFolder(async (results) => {
    const expected = `Cannot make tables: "${results}" has no finished run`;
    await assertRejects(() => writeTables(results, exampleHeader), Error, expected);
    assertEquals(await namesBelow(results), []);
  }));

Deno.test("an identity depends on values, not on the order of keys", () => {
  const value = { seed: 1, tasks: [{ task: "rte", rows: 3 }], fraction: null };
  const shuffled = { fraction: null, tasks: [{ rows: 3, task: "rte" }], seed: 1 };
  assertEquals(identityOf(value), identityOf(shuffled));
  for (const change of [{ seed: 2 }, { fraction: 0 }, { tasks: [] }, { more: 1 }]) {
    assertEquals(identityOf({ ...value, ...change }) === identityOf(value), false);
  }
  assertEquals(identityOf([1, 2]) === identityOf([2, 1]), false);
});
