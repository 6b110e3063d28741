import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { basename } from "node:path";
import { parseBench } from "../../../lib/dev/bench/main.ts";
import { baseFolder } from "../../../lib/dev/bench/base.ts";
import { contenders, contendersFor } from "../../../lib/dev/bench/contenders.ts";
import type {
  Measurement,
  Precision,
  Running,
  Timed,
  Window,
} from "../../../lib/dev/bench/measurement.ts";
import { startMixture, type TaskRows } from "../../../lib/dev/bench/mixture.ts";
import { planBench } from "../../../lib/dev/bench/plan.ts";
import { recordsOf } from "../../../lib/dev/bench/records.ts";
import { bench, type BenchOptions } from "../../../lib/dev/bench/run.ts";
import { startShape } from "../../../lib/dev/bench/shape.ts";
import { describePeak, renderTable } from "../../../lib/dev/bench/table.ts";
import { countWindows } from "../../../lib/dev/bench/turns.ts";
import { stepOperations } from "../../../lib/dev/bench/work.ts";
import { encoderOf, parseConfig } from "../../../lib/model/encoders.ts";
import { toTensors } from "../../../lib/model/names.ts";
import { createNetwork } from "../../../lib/model/network.ts";
import { initialise } from "../../../lib/model/parameters.ts";
import { createRandom } from "../../../lib/base/random.ts";
import { encodeSafetensors } from "../../../lib/base/safetensors.ts";
import { taskNamed } from "../../../lib/tasks.ts";
import { startTensorFlow, tf } from "../../../lib/tensorflow/backend.ts";
import type { Features } from "../../../lib/types.ts";
import { inFolder } from "../../model/small.ts";

const configText = JSON.stringify({
  model_type: "bert",
  vocab_size: 200,
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 64,
  max_position_embeddings: 16,
});
const config = parseConfig(configText, "tiny/config.json");
const specs = encoderOf(config).parameters(config).map(({ name, shape }) => ({
  name,
  shape,
  start: name.endsWith("/scale") ? "ones" : name.endsWith("/kernel") ? "normal" : "zeros",
} as const));
const parameters = initialise(specs, createRandom(1)) as Parameters<typeof toTensors>[0];
const network = () => createNetwork(config, parameters);

async function writeTiny(folder: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/config.json`, configText);
  await Deno.writeTextFile(`${folder}/tokenizer.json`, "{}"); // fixed shapes need no pieces of text
  const stream = new Blob(encodeSafetensors(toTensors(parameters, config))).stream();
  await Deno.writeFile(`${folder}/model.safetensors`, stream);
}

const common = {
  encoder: "encoders/tiny",
  precision: "float32",
  seed: 1,
  threads: null,
  inputs: null,
} as const;
const shape = {
  ...{ kind: "shape", ...common, batch: 4, length: 8, windows: 2, windowSeconds: 0.01 },
} as const satisfies Measurement;
const mixture = {
  ...{ kind: "mixture", ...common, data: "data/any", steps: 7, batch: 2, maxLength: 16 },
  windowSteps: 2,
} as const satisfies Measurement;

function small(seed: number, rows: number): Features {
  const random = createRandom(seed);
  const lengths = Array.from({ length: rows }, () => 5 + random.integer(8));
  const offsets = [0, ...lengths.map((_, i) => lengths.slice(0, i + 1).reduce((a, b) => a + b))];
  return {
    candidates: 1,
    pad: 0,
    tokens: Int32Array.from({ length: offsets.at(-1)! }, () => 1 + random.integer(199)),
    offsets: Int32Array.from(offsets),
    boundaries: new Int32Array(rows).fill(3),
    targets: Float32Array.from({ length: rows }, (_, i) => i % 2),
    rows: Int32Array.from(lengths.keys()),
    ids: lengths.map((_, i) => String(i)),
  };
}
const taskRows: readonly TaskRows[] = [
  { task: taskNamed("mnli"), features: small(1, 6) },
  { task: taskNamed("stsb"), features: small(2, 5) },
];

const options = {
  ...{ data: "nowhere", precisions: ["float32"], batch: 4, lengths: [8], steps: 2, maxLength: 16 },
  ...{ windows: 2, windowSeconds: 0.05, products: 1 },
} as const satisfies Partial<BenchOptions>;

Deno.test("a benchmark of a tiny encoder fills its records and adds them to the file", async () => {
  await inFolder(async (folder) => {
    await writeTiny(folder);
    const write = `${folder}/results/bench.jsonl`;
    await Deno.mkdir(`${folder}/results`);
    await Deno.writeTextFile(write, '{"older":true}\n');
    const shapes = { ...options, parts: ["shapes"], encoder: folder, write } as const;
    const records = await bench(shapes);
    assertEquals(records.map(({ contender }) => contender), ["compiled", "eager"]);
    for (const record of records) {
      const { stepsPerSecond, rowsPerSecond, tokensPerSecond, peakMemory } = record;
      const { startSeconds, firstSeconds, operationsPerSecond, shareOfPeak } = record;
      const numbers = [stepsPerSecond, rowsPerSecond, tokensPerSecond, peakMemory, startSeconds];
      for (const number of [...numbers, firstSeconds, operationsPerSecond!, shareOfPeak!]) {
        assert(number > 0 && number < Infinity);
      }
      assertAlmostEquals(tokensPerSecond / stepsPerSecond, 32, 1e-6);
      assert(record.quartiles[0] <= rowsPerSecond && rowsPerSecond <= record.quartiles[1]);
      assert(peakMemory > 50 && peakMemory < 20_000, `${peakMemory} MiB`);
      assert(startSeconds > firstSeconds);
      assertEquals(Number.isNaN(Date.parse(record.date)), false);
      assert(record.commit !== "" && record.versions.tensorflow && record.machine.cores);
    }
    const [compiled, eager] = records;
    assertEquals([compiled!.ratios.eager!.length, compiled!.windows], [2, 2]);
    assert(compiled!.tracing!.nodes > 100 && compiled!.tracing!.seconds > 0);
    assertEquals([compiled!.tracing!.traces, eager!.tracing], [1, null]);
    assertAlmostEquals(compiled!.proof.mnli!, eager!.proof.mnli!, 1e-5, "both do the same work");
    const lines = (await Deno.readTextFile(write)).trimEnd().split("\n");
    assertEquals(JSON.parse(lines[0]!), { older: true });
    assertEquals(lines.slice(1).map((line) => JSON.parse(line).contender), ["compiled", "eager"]);
    assert(!lines[1]!.includes(folder), "a record names no folder of this machine");
    const figures = [...Deno.readDirSync(`${folder}/results/figures`)].map(({ name }) => name)
      .sort();
    const name = `bench-throughput-${basename(folder).toLowerCase()}`;
    assertEquals(figures, [`${name}.png`, `${name}.svg`]);
    const figure = await Deno.readTextFile(`${folder}/results/figures/${name}.svg`);
    assertStringIncludes(figure, "compiled, float32");
    await assertRejects(() => bench({ ...shapes, lengths: [17] }), Error, "at most 16 pieces");
  });
});

async function windowsOf(running: Running, count: number): Promise<Window[]> {
  const windows = [running.first];
  while (windows.length <= count) windows.push(await running.next());
  return windows;
}

Deno.test("an eager step frees all its tensors, and rate 0 lets the network prove its start", async () => {
  await startTensorFlow();
  const running = await startShape(network(), shape, "eager");
  const proof = await running.prove();
  const before = tf.memory().numTensors;
  await windowsOf(running, 3);
  assertEquals(tf.memory().numTensors, before);
  assertEquals(await (await startShape(network(), shape, "compiled")).prove(), proof);
});

Deno.test("both ways go through the same batches of a mixture", async () => {
  await startTensorFlow();
  const [compiled, eager] = [
    await startMixture(network(), taskRows, mixture, "compiled"),
    await startMixture(network(), taskRows, mixture, "eager"),
  ];
  const proof = await compiled.prove();
  assertEquals(Object.keys(proof).sort(), ["mnli", "stsb"]);
  assertEquals(await eager.prove(), proof);
  const count = countWindows(mixture); // 3 + 3 batches an epoch: the second one is begun
  const found = await windowsOf(compiled, count);
  const work = (windows: Window[]) =>
    windows.map(({ rows, tokens, first }) => [rows, tokens, first]);
  assertEquals(work(found), work(await windowsOf(eager, count)));
  assertEquals(found.map(({ steps }) => steps), [1, 2, 2, 2]);
  assertEquals(found.filter(({ first }) => first).length, 2);
  assertEquals(compiled.tracing()!.traces, 2);
});

function timed(seconds: readonly number[], first = -1): Timed {
  const window = (seconds: number, i: number) => ({
    ...{ steps: 1, rows: 2, tokens: 10, seconds, first: i === first, memory: (i + 1) * 2 ** 20 },
  });
  return {
    windows: seconds.map(window),
    ...{ first: window(1, 0), proof: {}, tracing: null, peakMemory: 2 ** 20, startSeconds: 3 },
  };
}

Deno.test("speeds at a shape are medians, and pairs are windows", () => {
  const work = { operations: 100, peak: 300 };
  const [compiled, eager] = recordsOf(shape, {
    compiled: [timed([1, 1, 8]), timed([2])],
    eager: [timed([3, 3, 4]), timed([4])],
  }, work);
  assertEquals(compiled!.ratios, { eager: [3, 3, 0.5, 2] });
  assertEquals([compiled!.stepsPerSecond, compiled!.rounds, compiled!.windows], [0.75, 2, 4]);
  assertEquals([compiled!.operationsPerSecond, compiled!.shareOfPeak], [75, 0.25]);
  assertEquals(eager!.quartiles, [0.5, 2 / 3]);
  assertEquals([eager!.ratios, eager!.withTracing], [{}, null]);
});

Deno.test("pairs of a mixture are its windows, those with a task's first step apart", () => {
  const [compiled] = recordsOf(mixture, {
    compiled: [timed([8, 1, 3], 0)],
    eager: [timed([4, 2, 3], 0)],
  });
  assertEquals(compiled!.ratios, { eager: [2, 1] });
  assertEquals(compiled!.stepsPerSecond, 0.5);
  assertEquals(compiled!.withTracing!.stepsPerSecond, 4 / 13); // with the very first step
  assertEquals(compiled!.measurement.encoder, "tiny");
});

Deno.test("growth of memory is counted from the first quarter of the windows on", () => {
  const [compiled] = recordsOf(shape, { compiled: [timed([1, 1, 1, 1, 1, 1, 1, 1])] });
  assertEquals(compiled!.memoryGrowth, 6); // window 8 against window 2
});

Deno.test("the table names speeds, ratio, memory and share of the peak", () => {
  const records = recordsOf(shape, { compiled: [timed([0.5])], eager: [timed([1])] }, {
    ...{ operations: 1e9, peak: 8e9 },
  });
  const text = renderTable(records);
  assertStringIncludes(text, "Training step of tiny, 4 rows of 8 pieces");
  assertStringIncludes(text, "compiled is 2.00 times as fast as eager (1 pair) at 1.00 of its mem");
  assertStringIncludes(text, "2 (25 %)");
});

Deno.test("a step's work is 6 operations for each weight and token, and attention's", () => {
  const sizes = { layers: 2, width: 3, intermediate: 5 };
  // 2 (4 x 9 + 2 x 15) = 132 weights, 28 tokens; 2 layers, 4 rows, 7 x 7 x 3
  assertEquals(stepOperations(sizes, 4, 7), 6 * 132 * 28 + 12 * 2 * 4 * 147);
});

Deno.test("the first contender is this project's own; Python's take part where there is one", () => {
  const names = (...args: Parameters<typeof contendersFor>) =>
    contendersFor(...args).map(({ name }) => name);
  assertEquals(names(shape), ["compiled", "eager"]);
  assertEquals(names(shape, { large: true }), ["compiled"]);
  assertEquals(names(mixture, { python: true }), [
    ...["compiled", "pytorch", "pytorch-compile", "pytorch-reference"],
  ]);
  assertEquals(names({ ...mixture, precision: "bfloat16" }, { python: true }), [
    ...["compiled", "pytorch", "pytorch-compile"],
  ]);
  assertEquals(names({ kind: "evaluation", precision: "float32" }, { python: true }), [
    ...["compiled", "pytorch", "pytorch-compile", "onnxruntime"],
  ]);
  assertEquals(names({ kind: "preprocessing", precision: null }, { python: true }), [
    ...["preprocess", "transformers"],
  ]);
  for (const [name, contender] of Object.entries(contenders)) assertEquals(contender.name, name);
});

Deno.test("the command line chooses parts, and --quick makes less of everything", () => {
  const all = parseBench([])!;
  assertEquals(all.parts, ["shapes", "mixture", "evaluation", "preprocessing"]);
  assertEquals([all.steps, all.data, all.write, all.python], [
    60,
    "data/sample",
    undefined,
    undefined,
  ]);
  assertEquals(planBench(all).length, 3 * 2 + 2 + 2 + 1);
  const quick = parseBench(["--quick", "--mixture", "--data", "d"])!;
  assertEquals([quick.parts, quick.precisions, quick.steps], [["mixture"], ["float32"], 24]);
  const kept = parseBench(["--write", "--lengths", "8,16,8"])!;
  assertEquals([kept.write, kept.lengths, quick.data], ["results/bench.jsonl", [8, 16], "d"]);
  assertEquals(parseBench(["--data", "d"])!.steps, 2000);
  assertEquals(parseBench(["--help"]), null);
  assertThrows(() => parseBench(["--precision", "half"]), Error, `--precision has "half"`);
  assertThrows(() => parseBench(["--steps", "0"]), Error, `--steps has "0"`);
  assertThrows(() => parseBench(["--steps", "1"]), Error, "the first warms up");
  assertThrows(() => parseBench(["--lengths", "8,x"]), Error, `--lengths has "x"`);
  assertThrows(() => parseBench(["--slow"]), Error, `Unknown argument "--slow"`);
  assertThrows(() => parseBench(["--quick", "--write"]), Error, "keeps no quick numbers");
  assertThrows(() => parseBench(["--against-python", "a,b"]), Error, "a path without commas");
  assertThrows(() => parseBench(["--data", ""]), Error, "--data needs the folder");
});

Deno.test("an option that no chosen part reads is refused", () => {
  const refused = (line: string, wanted: string) =>
    assertThrows(
      () => parseBench(line.split(" ")),
      Error,
      `changes nothing here: it needs ${wanted}`,
    );
  refused("--evaluation --base", "--shapes.");
  refused("--shapes --steps 7", "--mixture.");
  refused("--mixture --windows 3", "--shapes or --evaluation or --preprocessing.");
  refused("--shapes --data d", "--mixture or --evaluation or --preprocessing.");
  assertEquals(parseBench(["--steps", "7"])!.steps, 7);
  assertEquals(parseBench(["--shapes", "--mixture", "--batch", "7"])!.batch, 7);
});

Deno.test("what can't be measured or kept is said before anything is measured", async () => {
  await inFolder(async (folder) => {
    await writeTiny(folder);
    const shapes = { ...options, parts: ["shapes"], encoder: folder } as const;
    const evaluation = { ...shapes, parts: ["evaluation"] } as const;
    await assertRejects(() => bench(evaluation), Error, `data folder "nowhere": name an existing`);
    await Deno.writeTextFile(`${folder}/file`, "");
    const write = `${folder}/file/bench.jsonl`;
    await assertRejects(() => bench({ ...shapes, write }), Error, `Cannot write "${write}": `);
    const none = { ...shapes, encoder: "nobody/none" };
    await assertRejects(() => bench(none), Error, "deno task setup --encoder nobody/none");
    const preprocessing = { ...shapes, parts: ["preprocessing"], data: folder } as const;
    await assertRejects(
      () => bench(preprocessing),
      Error,
      "has the files of no task: name another",
    );
    const wrong = { ...shapes, python: Deno.execPath() };
    await assertRejects(() => bench(wrong), Error, "expected a Python with PyTorch");
  });
});

Deno.test("a benchmark that is stopped says so and leaves nothing behind", async () => {
  await inFolder(async (folder) => {
    await writeTiny(folder);
    const python = `${folder}/python`;
    await Deno.writeTextFile(python, `#!/bin/sh\necho '{"versions":{}}'\n`, { mode: 0o755 });
    const temporary = `${folder}/temporary`;
    await Deno.mkdir(temporary);
    const line = `--shapes --quick --lengths 8 --encoder ${folder} --against-python ${python}`;
    const allowed = ["--allow-read", "--allow-write", "--allow-env", "--allow-run"];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", ...allowed, "lib/dev/bench/main.ts", ...line.split(" ")],
      env: { TMPDIR: temporary },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const words = new Response(child.stderr).text();
    const reader = child.stdout.getReader();
    await reader.read(); // the header: its contenders are about to start
    assertEquals([...Deno.readDirSync(temporary)].length, 1);
    child.kill("SIGTERM");
    while (!(await reader.read()).done);
    assertEquals((await child.status).code, 143);
    assertEquals(
      (await words).trim().split("\n").at(-1),
      "Stopped: no number of this run is kept.",
    );
    assertEquals([...Deno.readDirSync(temporary)], []);
  });
});

Deno.test("a processor without bfloat16 is told of where bfloat16 is measured", () => {
  const lines = (bfloat16: number, ...measured: Precision[]) =>
    describePeak({ float32: 1e11, bfloat16 }, measured).split("\n");
  assertEquals(lines(2e11, "float32", "bfloat16").length, 1);
  assertEquals(lines(1e11, "float32").length, 1);
  const [reached, none] = lines(1e11, "bfloat16");
  assertStringIncludes(reached!, "100 in float32, 100 in bfloat16");
  assertStringIncludes(none!, "This processor has no products of its own in bfloat16");
});

Deno.test("the plan has a larger encoder's shapes and the folders for other languages", () => {
  const base = parseBench(["--shapes", "--mixture", "--base", "--lengths", "8,16"])!;
  assertEquals(base.larger, baseFolder());
  const planned = planBench({ ...base, precisions: ["float32"], inputs: "temporary" });
  assertEquals(planned.map(({ encoder, inputs }) => [encoder, inputs]), [
    [base.encoder, "temporary/shape-0-8"],
    [base.encoder, "temporary/shape-0-16"],
    [baseFolder(), "temporary/shape-1-8"],
    [baseFolder(), "temporary/shape-1-16"],
    [base.encoder, "temporary/mixture"],
  ]);
  const windows = planned.map(countWindows);
  assertEquals(windows, [7, 7, 7, 7, 10]); // 59 steps after the first, 6 a window
});
