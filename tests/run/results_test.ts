import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { finishedRun, openResults, readRecords, writeTables } from "../../lib/run/results.ts";
import { openRunFolder } from "../../lib/run/folder.ts";
import { exampleHeader, exampleRun } from "../report/example_runs.ts";
import { inFolder } from "../model/small.ts";
import { namesBelow, writeRun } from "../support/toy_runs.ts";

const name = "sample-refine/multitask/seed-1";

Deno.test("a results folder below a plain file is refused in one sentence", () =>
  inFolder(async (folder) => {
    const results = `${folder}/file/results`;
    await Deno.writeTextFile(`${folder}/file`, "mine");
    const expected = new RegExp(
      `^Cannot write results to "${results}[^"]*": Not a directory \\(os error 20\\); ` +
        "make room there or choose another folder with --results\\.$",
    );
    for (const open of [() => openResults(results), () => openRunFolder(results, name, "abc")]) {
      assertMatch((await assertRejects(open, Error)).message, expected);
    }
    await assertRejects(() => openResults(`${folder}/file`), Error, "Cannot write results to");
    assertEquals(await Deno.readTextFile(`${folder}/file`), "mine");
  }));

Deno.test("opening the results folder makes it and leaves a lock that ends with its holder", () =>
  inFolder(async (folder) => {
    const results = `${folder}/new/results`;
    const lock = await openResults(results);
    assertEquals(await namesBelow(folder), ["new", "new/results", "new/results/.lock"]);
    await assertRejects(() => openResults(results), Error, `written by process ${Deno.pid}: wait`);
    lock[Symbol.dispose]();
    (await openResults(results))[Symbol.dispose]();
    await Deno.writeTextFile(`${results}/.lock`, "process 1 of another day\n"); // held by no one
    (await openResults(results))[Symbol.dispose]();
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

Deno.test("a record with a wrong value is refused by its file and field, and makes no table", () =>
  inFolder(async (results) => {
    const { versions: _, ...header } = exampleHeader;
    const record = await writeRun(results, name);
    const file = `${results}/${name}/run.json`;
    const { scores: __, ...unscored } = exampleRun();
    const wrong: readonly [Record<string, unknown>, string][] = [
      [{ summaries: [unscored] }, "scores is missing, expected at least one metric"],
      [
        { summaries: [{ ...exampleRun(), encoder: "plan" }] },
        'encoder is "plan", expected plain or',
      ],
      [{ summaries: [{ ...exampleRun(), seed: "1" }] }, 'seed is "1", expected a whole number'],
      [{ summaries: [null] }, "a summary is null, expected an object"],
      [{ summaries: [] }, "it lacks the identity, the circumstances or the summaries"],
      [{ circumstances: null }, "it lacks the identity, the circumstances"],
      [{ circumstances: { versions: { deno: 2 } } }, "it lacks the identity, the circumstances"],
    ];
    for (const [changes, why] of wrong) {
      await Deno.writeTextFile(file, JSON.stringify({ ...record, ...changes }));
      const { message } = await assertRejects(() => writeTables(results, header), Error);
      assertEquals(message.startsWith(`Cannot read "${file}": ${why}`), true, message);
    }
    await Deno.writeFile(file, Uint8Array.of(0x7b, 0xff));
    await assertRejects(() => readRecords(results), Error, `Cannot read "${file}": `);
  }));

Deno.test("records are read in the order of their folders, unfinished ones left aside", () =>
  inFolder(async (results) => {
    for (const [task, seed] of [["rte", 2], ["rte", 1], ["cola", 1]] as const) {
      await writeRun(results, `sample-finetune-plain/${task}/seed-${seed}`, { task, seed });
    }
    const unfinished = await openRunFolder(results, "sample-finetune-plain/rte/seed-3", "abc");
    await Deno.mkdir(`${results}/sample-finetune-plain/rte/seed-1.replaced`);
    const runs = (await readRecords(results)).map(({ summaries: [run] }) => run!);
    assertEquals(runs.map(({ task, seed }) => `${task} ${seed}`), ["cola 1", "rte 1", "rte 2"]);
    await unfinished.leave();
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
