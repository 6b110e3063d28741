import { assert, assertEquals, assertMatch, assertObjectMatch, assertRejects } from "@std/assert";
import { experiments } from "../../lib/recipes.ts";
import type { RunRecord } from "../../lib/run/results.ts";
import { leavingNothing } from "../tensorflow/support.ts";
import { writeToyEncoder } from "../support/toy.ts";
import { makeWorld, reproduceIn, snapshot, type World } from "../support/toy_world.ts";

// One world for all tests: the first that needs them makes the runs, the others keep them.
const world: World = await makeWorld({ train: 80, dev: 12 });
Deno.test.afterAll(() => Deno.remove(world.folder, { recursive: true }));

const steps = ["--steps", "2"];
const small = [
  ...["--tasks", "mnli,snli", "--fractions", "0.25,0.5", "--seeds", "1"],
  ...steps,
];
const finetuneMnli = ["--only", "finetune", "--tasks", "mnli", ...steps];
const adaptSnli = ["--only", "adapt", "--tasks", "snli", "--fractions", "0.5", ...steps];

const runs = [
  "sample-adapt-plain-0.25-toy/snli/seed-1",
  "sample-adapt-plain-0.5-toy/snli/seed-1",
  "sample-adapt-refined-0.25-toy/snli/seed-1",
  "sample-adapt-refined-0.5-toy/snli/seed-1",
  "sample-finetune-plain-toy/mnli/seed-1",
  "sample-finetune-refined-toy/mnli/seed-1",
  "sample-refine-toy/multitask/seed-1",
];

let made: Promise<{ output: string; errors: string }> | undefined;

/** All stages on two tasks; made once. */
function allStages(): Promise<{ output: string; errors: string }> {
  made ??= (async () => {
    let found = { output: "", errors: "" };
    await leavingNothing(async () => found = await reproduceIn(world, small));
    return found;
  })();
  return made;
}

async function record(run: string): Promise<RunRecord> {
  return JSON.parse(await Deno.readTextFile(`${world.results}/${run}/run.json`));
}

/** Names of the files in a run's folder. */
async function filesOf(run: string): Promise<string[]> {
  const entries = Deno.readDir(`${world.results}/${run}`);
  return (await Array.fromAsync(entries, ({ name }) => name)).sort();
}

/** Folders with a run.json. */
async function runFolders(): Promise<string[]> {
  const paths = Object.keys(await snapshot(world.results));
  return paths.filter((path) => path.endsWith("/run.json"))
    .map((path) => path.slice(0, -"/run.json".length)).sort();
}

Deno.test("all stages leave a whole folder for every run, and tables of them", async () => {
  const { output, errors } = await allStages();
  assertEquals(await runFolders(), runs);
  for (const run of runs) {
    const files = await filesOf(run);
    for (const name of ["log.jsonl", "run.json", "scores.json"]) assert(files.includes(name), run);
    assertEquals(files.includes("checkpoint"), run.includes("refine-"), run);
    assert(files.some((name) => name.startsWith("predictions-")), run);
    const log = await Deno.readTextFile(`${world.results}/${run}/log.jsonl`);
    assertEquals(log.trimEnd().split("\n").map((line) => JSON.parse(line).step), [0, 1], run);
    assertMatch(
      errors,
      new RegExp(
        `^${run} \\(run \\d+ of ${runs.length}.*\\)  2/2 steps .*  ${run}: \\w+ \\w+ \\w+ `,
        "m",
      ),
    );
  }
  const markdown = await Deno.readTextFile(`${world.results}/tables.md`);
  assert(output.includes(markdown));
  assertMatch(
    markdown,
    /^\| mnli \| dev_mismatched \| accuracy \| classify \| \d+\.\d \(n=1\) \| /m,
  );
  assertMatch(markdown, /^\| snli \| 25 % \| dev \| accuracy \| classify \| \d+\.\d \(n=1\) \| /m);
  assertMatch(await Deno.readTextFile(`${world.results}/tables.csv`), /dev_mismatched/);
});

Deno.test("preprocessing lists every split with its rows, the diagnostics too", async () => {
  const { output } = await allStages();
  assertMatch(output, /^ {2}SNLI +train +79 rows {2}SNLI\/train\.tsv \(1 left out: no label\)$/m);
  assertMatch(output, /^ {2}AX +test_labelled +12 rows {2}AX\/diagnostic-full\.tsv$/m);
});

Deno.test("a record says what was run, on what, and how long it took", async () => {
  await allStages();
  const { configuration, circumstances, summaries } = await record(runs[0]!);
  const { tasks, training, encoder, ...rest } = configuration as {
    readonly tasks: [{ readonly train: { readonly sha256: string; readonly rows: number } }];
    readonly training: Readonly<Record<string, unknown>>;
    readonly encoder: { readonly from: string };
  } & Record<string, unknown>;
  const { train } = tasks[0];
  assertEquals([train.rows, encoder.from], [19, "plain"]);
  assertObjectMatch(training, { ...experiments.sample.adapt.recipe, seed: 1, maxSteps: 2 });
  assertMatch(train.sha256, /^[0-9a-f]{64}$/);
  assertEquals([rest.seed, rest.fraction, rest.steps], [1, 0.25, 2]);
  assertEquals([summaries.length, summaries[0]!.rows], [1, { train: 19, dev: 11 }]);
  assert((circumstances.seconds as number) > 0);
});

Deno.test("the MNLI model is scored on the diagnostics, refined or finetuned", async () => {
  await allStages();
  for (const run of runs.filter((name) => /refine-|mnli/.test(name))) {
    const { summaries } = await record(run);
    const ax = summaries.find(({ task }) => task === "ax");
    assertEquals([ax?.split, Object.keys(ax?.scores ?? {})], ["test_labelled", ["matthews"]]);
    assert((await filesOf(run)).includes("predictions-ax-test_labelled.tsv"));
  }
});

Deno.test("refining scores all eight tasks, and AX with the head of MNLI", async () => {
  await allStages();
  const { summaries } = await record("sample-refine-toy/multitask/seed-1");
  const heads = summaries.map(({ task, head }) => `${task} ${head}`);
  assertEquals([...new Set(heads)], [
    ...["mnli classify", "ax classify", "rte classify", "qqp classify", "qnli classify"],
    ...["mrpc san", "sst2 classify", "cola classify", "stsb regress"],
  ]);
});

Deno.test("draws nest, are the same for both encoders, and are told by the file's row numbers", async () => {
  await allStages();
  const drawn = async (run: string) => (await record(run)).summaries[0]!.chosenRows!;
  const [quarter, half] = [await drawn(runs[0]!), await drawn(runs[1]!)];
  assertEquals([quarter.length, half.length], [19, 39]); // of 79 rows
  assertEquals(half.slice(0, 19), quarter);
  assertEquals([await drawn(runs[2]!), await drawn(runs[3]!)], [quarter, half]);
  assertEquals(new Set(half).size, 39);
  // row 0 of the file has no label: positions among the rest would be one less
  const text = await Deno.readTextFile(`${world.data}/SNLI/train.tsv`);
  const rows = text.trimEnd().split("\n").slice(1);
  assert(half.every((row) => !rows[row]!.endsWith("\t-")));
  assert(Math.min(...half) >= 1 && Math.max(...half) <= 79);
});

Deno.test("running again keeps what is finished, byte for byte", async () => {
  await allStages();
  const before = await snapshot(world.results);
  const { output, errors } = await reproduceIn(world, small);
  assertEquals(errors, "");
  for (const run of runs) assert(output.includes(`${run}: finished before, kept\n`), run);
  const kept = (files: Record<string, string>) =>
    Object.entries(files).filter(([path]) => !path.startsWith("tables."));
  assertEquals(kept(await snapshot(world.results)), kept(before));
});

Deno.test("a run made again writes the same bytes but for times", async () => {
  await allStages();
  const run = "sample-finetune-refined-toy/mnli/seed-1";
  const folder = `${world.results}/${run}`;
  const timeless = (files: Record<string, string>) =>
    Object.entries(files).filter(([path]) => path !== "run.json")
      .map(([path, text]) => [path, text.replaceAll(/"seconds":[\d.]+/g, "")]);
  const before = await snapshot(folder);
  await Deno.remove(folder, { recursive: true });
  const { output } = await reproduceIn(world, finetuneMnli);
  assertMatch(output, /^sample-finetune-plain-toy\/mnli\/seed-1: finished before, kept$/m);
  assertEquals(timeless(await snapshot(folder)), timeless(before));
  assertEquals((await record(run)).identity, JSON.parse(before["run.json"]!).identity);
});

Deno.test("another seed runs beside the first, from the refined encoder that is there", async () => {
  await allStages();
  const twice = [...adaptSnli, "--seeds", "2"];
  const { output } = await reproduceIn(world, twice);
  assertMatch(output, /^sample-adapt-plain-0\.5-toy\/snli\/seed-1: finished before, kept$/m);
  const origin = async (run: string) => {
    const { configuration: { encoder } } = await record(run);
    return (encoder as { readonly origin: string }).origin;
  };
  const [first, second] = [runs[3]!, runs[3]!.replace("-1", "-2")];
  const refined = await record("sample-refine-toy/multitask/seed-1");
  assertEquals([await origin(first), await origin(second)], [refined.identity, refined.identity]);
  const drawn = async (run: string) => `${(await record(run)).summaries[0]!.chosenRows}`;
  assert(await drawn(second) !== await drawn(first));
  assert(!(await runFolders()).includes("sample-refine-toy/multitask/seed-2"));
  // once there are two refined encoders, each seed has its own, as if all stages were run at once
  await reproduceIn(world, ["--only", "refine", "--seeds", "2", ...steps]);
  await reproduceIn(world, twice);
  const other = await record("sample-refine-toy/multitask/seed-2");
  assertEquals([await origin(first), await origin(second)], [refined.identity, other.identity]);
});

Deno.test("other data make the runs that read them again, and no others", async () => {
  await allStages();
  const file = `${world.data}/SNLI/dev.tsv`;
  const text = await Deno.readTextFile(file);
  const before = await record(runs[1]!);
  await Deno.writeTextFile(file, text + "12\tthe cat\tthe dog surely\tentailment\n");
  const { output } = await reproduceIn(world, [...adaptSnli, "--seeds", "1"]);
  assertMatch(output, /^sample-refine-toy\/multitask\/seed-1: finished before, kept$/m);
  assertMatch(output, /^sample-adapt-.*: one of another configuration is there, it goes to /m);
  assert(!/^sample-adapt.*kept$/m.test(output));
  const after = await record(runs[1]!);
  assert(after.identity !== before.identity);
  assertEquals(after.summaries[0]!.rows.dev, before.summaries[0]!.rows.dev + 1);
  await Deno.writeTextFile(file, text);
});

Deno.test("another number of steps makes a run again", async () => {
  await allStages();
  const run = "sample-finetune-plain-toy/mnli/seed-1";
  const before = await record(run);
  const only = ["--only", "finetune", "--tasks", "mnli"];
  await assertRejects( // the plain run is made, then the refined encoder would be made again
    () => reproduceIn(world, [...only, "--steps", "1"], stopAt("sample-refine")),
    Error,
    "enough",
  );
  const after = await record(run);
  assertEquals([before.configuration.steps, after.configuration.steps], [2, 1]);
  assert(after.identity !== before.identity);
});

/** Aborts when a line about a run is printed. */
function stopAt(run: string): { signal: AbortSignal; watch: (text: string) => void } {
  const controller = new AbortController();
  const watch = (text: string) => {
    if (text.startsWith(run)) controller.abort(new Error("enough"));
  };
  return { signal: controller.signal, watch };
}

Deno.test("an aborted run leaves the finished one that was there, and goes on when asked again", () =>
  leavingNothing(async () => {
    await allStages();
    const finished = async () => {
      const files = Object.entries(await snapshot(`${world.results}/sample-refine-toy`));
      return Object.fromEntries(files.filter(([path]) => !path.includes(".unfinished")));
    };
    const before = await finished();
    const args = ["--only", "refine", "--steps", "8"];
    const { signal, watch } = stopAt("sample-refine");
    let seen = "";
    const run = () =>
      reproduceIn(world, args, {
        signal,
        watch: (text) => {
          seen += text;
          watch(text);
        },
      });
    await assertRejects(run, Error, "enough");
    assertMatch(
      seen,
      /^sample-refine-toy\/multitask\/seed-1 \(run 1 of 1\) {2}1\/8 steps.*\n.* 1\/8 steps.*stopped\n$/,
    );
    assertEquals(await finished(), before);
    const { errors } = await reproduceIn(world, args);
    assertMatch(errors, /^sample-refine-toy\/multitask\/seed-1: goes on after step 1 of 8$/m);
    const { circumstances } = await record("sample-refine-toy/multitask/seed-1");
    assertEquals(circumstances.resumed, [1]);
  }));

Deno.test("a signal that is aborted stops preparing, too", async () => {
  const aborted = { signal: AbortSignal.abort(new Error("enough")) };
  await assertRejects(() => reproduceIn(world, ["--only", "preprocess"], aborted), Error, "enough");
});

Deno.test("tables are made without encoder and data", async () => {
  await allStages();
  const missing = ["--encoder", `${world.folder}/none`, "--data", `${world.folder}/none`];
  const { output } = await reproduceIn(world, ["--only", "tables", ...missing]);
  assertMatch(output, /^Written to .*results\/tables\.md and tables\.csv\.$/m);
});

Deno.test("preprocessing alone writes no results", async () => {
  const other = { ...world, results: `${world.folder}/other` };
  const { output } = await reproduceIn(other, ["--only", "preprocess"]);
  assertMatch(output, /\(from the cache\)$/m);
  await assertRejects(() => Deno.stat(other.results), Deno.errors.NotFound);
});

/** The sentence that a mistake ends with; no run is made. */
async function mistake(...args: readonly string[]): Promise<string> {
  const other = { ...world, results: `${world.folder}/mistakes` };
  const { message } = await assertRejects(() => reproduceIn(other, args), Error);
  assertEquals(await snapshot(other.results).catch(() => ({})), {});
  return message;
}

Deno.test("tasks that no chosen stage trains are refused", async () => {
  assertEquals(
    await mistake("--tasks", "rte", "--only", "adapt"),
    'Task "rte" is not trained by adapt: choose another one with --tasks, or more stages with --only.',
  );
  assertEquals(
    await mistake("--tasks", "ax"),
    'Task "ax" is not trained by finetune or adapt: it is scored with "mnli", choose that one with ' +
      "--tasks.",
  );
});

Deno.test("a share of no row is refused before anything is trained", async () => {
  assertMatch(
    await mistake("--tasks", "snli", "--fractions", "0.5,0.01"),
    /^Cannot adapt to SNLI with 1 % of 79 rows: that is none; choose larger shares with --fractions\.$/,
  );
});

Deno.test("an encoder that can't read the experiment's length is refused", async () => {
  assertMatch(
    await mistake("--size", "small"),
    /^Encoder "toy" reads at most 64 pieces, --size small needs 128: choose another encoder or size\.$/,
  );
});

Deno.test("a tokenizer with more pieces than the encoder has embeddings is refused", async () => {
  const encoder = `${world.folder}/short`;
  await writeToyEncoder(encoder);
  const file = `${encoder}/tokenizer.json`;
  const json = JSON.parse(await Deno.readTextFile(file));
  json.model.vocab.extra = 999;
  await Deno.writeTextFile(file, JSON.stringify(json));
  assertMatch(
    await mistake("--encoder", encoder),
    /^Encoder "short" has \d+ word embeddings, but its tokenizer\.json has 1000 pieces: /,
  );
});

Deno.test("every missing file is found before anything is read", async () => {
  await Deno.rename(`${world.data}/QQP/dev.tsv`, `${world.data}/QQP/dev`);
  assertMatch(
    await mistake("--only", "finetune", "--tasks", "rte"),
    /^Cannot find "QQP\/dev\.tsv"/,
  );
  await Deno.rename(`${world.data}/QQP/dev`, `${world.data}/QQP/dev.tsv`);
});
