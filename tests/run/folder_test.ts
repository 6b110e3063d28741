import { assertEquals, assertRejects } from "@std/assert";
import { readRecords, type RunRecord } from "../../lib/run/results.ts";
import type { RunCheckpoint } from "../../lib/run/checkpoints.ts";
import { openRunFolder, otherUnfinished, placeAside } from "../../lib/run/folder.ts";
import type { Step } from "../../lib/types.ts";
import { inFolder } from "../model/small.ts";
import { namesBelow, writeRun } from "../support/toy_runs.ts";

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

/** A checkpoint after so many steps, of a network without parameters. */
function checkpoint(step: number): RunCheckpoint {
  const training = { step, updates: {}, optimizer: {} };
  const rest = { best: null, scored: 0, skipped: 0, seconds: 0, resumed: [] };
  return { parameters: {}, training, ...rest };
}

Deno.test("a run's folder is in its place only when it is finished", () =>
  inFolder(async (results) => {
    const folder = await openRunFolder(results, name, "abc");
    folder.log(step);
    folder.log({ ...step, step: 1 });
    await folder.write("scores.json", "{}\n");
    assertEquals(await namesBelow(results, "sample-refine/multitask/"), [
      "sample-refine/multitask/seed-1.abc.unfinished",
      "sample-refine/multitask/seed-1.abc.unfinished/log.jsonl",
      "sample-refine/multitask/seed-1.abc.unfinished/scores.json",
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
    const folder = await openRunFolder(results, name, "abc");
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
    const folder = await openRunFolder(results, name, "abc");
    folder.log(step);
    await folder.write("scores.json", "{}");
    await folder.leave();
    await folder.leave(); // as after a failure while abandoning
    assertEquals(await namesBelow(results), before);
  }));

Deno.test("what a run left that was killed before its first checkpoint is removed by the next one", () =>
  inFolder(async (results) => {
    await Deno.mkdir(`${results}/${name}.abc.unfinished/checkpoint`, { recursive: true });
    await Deno.writeTextFile(`${results}/${name}.abc.unfinished/log.jsonl`, "{}\n");
    const folder = await openRunFolder(results, name, "abc");
    await folder.finish();
    assertEquals(await Deno.readTextFile(`${results}/${name}/log.jsonl`), "");
  }));

Deno.test("a run that can't take its place leaves the old one there", () =>
  inFolder(async (results) => {
    await writeRun(results, name);
    const folder = await openRunFolder(results, name, "abc");
    await Deno.remove(folder.path, { recursive: true }); // by someone else
    await assertRejects(
      () => folder.finish(),
      Error,
      `Cannot write results to "${results}/${name}"`,
    );
    await folder.leave();
    assertEquals((await readRecords(results)).length, 1);
  }));

Deno.test("a file that can't be written is named", () =>
  inFolder(async (results) => {
    const folder = await openRunFolder(results, name, "abc");
    await Deno.remove(folder.path, { recursive: true }); // by someone else
    const file = `${results}/${name}.abc.unfinished/scores.json`;
    const expected = `Cannot write results to "${file}": No such file or directory (os error 2); `;
    await assertRejects(() => folder.write("scores.json", "{}"), Error, expected);
    await folder.leave();
  }));

Deno.test("the log of a run that goes on is cut to the checkpoint's steps", () =>
  inFolder(async (results) => {
    const folder = await openRunFolder(results, name, "abc");
    folder.log(step);
    await folder.save(checkpoint(1));
    folder.log({ ...step, step: 1 });
    await folder.leave();
    const again = await openRunFolder(results, name, "abc");
    assertEquals(again.resumed?.training.step, 1);
    again.log({ ...step, step: 1, task: "cola" });
    const finished = await again.finish();
    const lines = (await Deno.readTextFile(`${finished}/log.jsonl`)).trimEnd().split("\n");
    assertEquals(lines.map((line) => JSON.parse(line).task), ["rte", "cola"]);
    assertEquals(await namesBelow(results, `${name}/`), [`${name}/log.jsonl`]);
  }));

Deno.test("what a kill in the middle of writing left is gone when the run went on", () =>
  inFolder(async (results) => {
    const folder = await openRunFolder(results, name, "abc");
    folder.log(step);
    await folder.save(checkpoint(1));
    await folder.write("mine.tmp", "kept");
    await Deno.writeTextFile(`${folder.path}/run.json.${crypto.randomUUID()}.tmp`, "{");
    await folder.leave();
    const again = await openRunFolder(results, name, "abc");
    await again.finish();
    assertEquals(await namesBelow(results, `${name}/`), [`${name}/log.jsonl`, `${name}/mine.tmp`]);
  }));

Deno.test("a log that is shorter than the checkpoint says is refused", () =>
  inFolder(async (results) => {
    const folder = await openRunFolder(results, name, "abc");
    folder.log(step);
    await folder.save(checkpoint(2));
    await folder.leave();
    const expected = "it has 1 steps, but the checkpoint beside it 2; delete its folder";
    await assertRejects(() => openRunFolder(results, name, "abc"), Error, expected);
  }));

Deno.test("another configuration's unfinished run is left alone, and told of", () =>
  inFolder(async (results) => {
    const first = await openRunFolder(results, name, "abc");
    await first.save(checkpoint(0));
    await first.leave();
    const second = await openRunFolder(results, name, "xyz");
    assertEquals(second.resumed, null);
    assertEquals(await otherUnfinished(results, name, "xyz"), [first.path]);
    await second.finish();
    assertEquals(await otherUnfinished(results, name, "xyz"), [first.path]);
    assertEquals(await otherUnfinished(results, "no/such/run", "xyz"), []);
  }));

Deno.test("a run all of whose checkpoints are damaged is not begun again unasked", () =>
  inFolder(async (results) => {
    const folder = await openRunFolder(results, name, "abc");
    folder.log(step);
    await Deno.writeTextFile(`${await folder.save(checkpoint(1))}/checkpoint.json`, "{");
    await folder.leave();
    const expected = `delete "${folder.path}" to begin the run again.`;
    await assertRejects(() => openRunFolder(results, name, "abc"), Error, expected);
    assertEquals(await Deno.stat(folder.path).then(() => true), true);
  }));

Deno.test("a finished run of another configuration is set aside, not removed", () =>
  inFolder(async (results) => {
    const [old, other] = ["0123456789abcdef", "fedcba9876543210"];
    const first = await openRunFolder(results, name, old);
    await first.write("run.json", JSON.stringify({ identity: old }, null, 2));
    await first.finish();
    assertEquals(await placeAside(`${results}/${name}`, old), null);
    const second = await openRunFolder(results, name, other);
    await second.write("run.json", JSON.stringify({ identity: other }, null, 2));
    await second.finish();
    const aside = `${results}/${name}.0123456789ab.older`;
    assertEquals(JSON.parse(await Deno.readTextFile(`${aside}/run.json`)).identity, old);
    assertEquals(
      JSON.parse(await Deno.readTextFile(`${results}/${name}/run.json`)).identity,
      other,
    );
  }));
