import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { bench, type BenchOptions, parseBench } from "../lib/bench.ts";
import { checkMeasured, contenders, contendersFor } from "../lib/bench/contenders.ts";
import type { Measurement, Timed } from "../lib/bench/measurement.ts";
import { measureMixture, type TaskRows } from "../lib/bench/mixture.ts";
import { plan } from "../lib/bench/plan.ts";
import { ask } from "../lib/bench/process.ts";
import { quantile, recordsOf } from "../lib/bench/records.ts";
import { measureShape } from "../lib/bench/shape.ts";
import { renderTable } from "../lib/bench/table.ts";
import { parseConfig } from "../lib/model/config.ts";
import { encoderParameters, toTensors } from "../lib/model/names.ts";
import { initialise } from "../lib/model/parameters.ts";
import { createRandom } from "../lib/random.ts";
import { encode } from "../lib/safetensors.ts";
import { taskNamed } from "../lib/tasks.ts";
import { startTensorFlow, tf } from "../lib/tensorflow/backend.ts";
import type { Features } from "../lib/types.ts";
import { inFolder } from "./model/small.ts";

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
const specs = encoderParameters(config).map(({ name, shape }) => ({
  name,
  shape,
  start: name.endsWith("/scale") ? "ones" : name.endsWith("/kernel") ? "normal" : "zeros",
} as const));
const parameters = initialise(specs, createRandom(1)) as Parameters<typeof toTensors>[0];
const tiny = { config, parameters };

async function writeTiny(folder: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/config.json`, configText);
  await Deno.writeTextFile(`${folder}/tokenizer.json`, "{}"); // fixed shapes need no pieces of text
  const stream = new Blob(encode(toTensors(parameters, config))).stream();
  await Deno.writeFile(`${folder}/model.safetensors`, stream);
}

const common = { encoder: "encoders/tiny", precision: "float32", seed: 1, threads: null } as const;
const shape = {
  ...{ kind: "shape", ...common, batch: 4, length: 8, windows: 2, windowSeconds: 0.01 },
} as const satisfies Measurement;
const mixture = {
  ...{ kind: "mixture", ...common, data: "data/any", steps: 7, batch: 2, maxLength: 16 },
} as const satisfies Measurement;

function small(seed: number, rows: number): Features {
  const random = createRandom(seed);
  const lengths = Array.from({ length: rows }, () => 5 + random.integer(8));
  const offsets = [0, ...lengths.map((_, i) => lengths.slice(0, i + 1).reduce((a, b) => a + b))];
  return {
    candidates: 1,
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

Deno.test("a benchmark of a tiny encoder fills its records and adds them to the file", async () => {
  await inFolder(async (folder) => {
    await writeTiny(folder);
    const write = `${folder}/results/bench.jsonl`;
    await Deno.mkdir(`${folder}/results`);
    await Deno.writeTextFile(write, '{"older":true}\n');
    const options: BenchOptions = {
      ...{ parts: ["shapes"], encoder: folder, data: "nowhere", precisions: ["float32"] },
      ...{ batch: 4, lengths: [8], steps: 1, maxLength: 16, rounds: 1 },
      ...{ windows: 2, windowSeconds: 0.05, write },
    };
    const records = await bench(options);
    assertEquals(records.map(({ contender }) => contender), ["compiled", "eager"]);
    for (const record of records) {
      const { stepsPerSecond, rowsPerSecond, tokensPerSecond, peakMemory } = record;
      const { startSeconds, firstSeconds } = record;
      const numbers = [stepsPerSecond, rowsPerSecond, tokensPerSecond, peakMemory, startSeconds];
      for (const number of [...numbers, firstSeconds]) assert(number > 0 && number < Infinity);
      assertAlmostEquals(tokensPerSecond / stepsPerSecond, 32, 1e-6);
      assert(peakMemory > 50 && peakMemory < 20_000, `${peakMemory} MiB`);
      assert(startSeconds > firstSeconds);
      assertEquals(Number.isNaN(Date.parse(record.date)), false);
      assert(record.commit !== "" && record.versions.tensorflow && record.machine.cores);
    }
    const [compiled, eager] = records;
    assert(compiled!.ratios.eager![0]! > 0);
    assert(compiled!.tracing!.nodes > 100 && compiled!.tracing!.seconds > 0);
    assertEquals([compiled!.tracing!.traces, eager!.tracing], [1, null]);
    assertAlmostEquals(compiled!.loss!, eager!.loss!, 1e-5, "both do the same work");
    const lines = (await Deno.readTextFile(write)).trimEnd().split("\n");
    assertEquals(JSON.parse(lines[0]!), { older: true });
    assertEquals(lines.slice(1).map((line) => JSON.parse(line).contender), ["compiled", "eager"]);
    assert(!lines[1]!.includes(folder), "a record names no folder of this machine");
    const long = bench({ ...options, lengths: [17] });
    await assertRejects(() => long, Error, "reads at most 16 pieces");
  });
});

Deno.test("an eager step frees all its tensors", async () => {
  await startTensorFlow();
  const ran: number[] = [];
  for (const windows of [1, 4]) {
    const before = tf.memory().numTensors;
    await measureShape(tiny, { ...shape, windows }, "eager", () => {});
    ran.push(tf.memory().numTensors - before);
  }
  assertEquals(ran, [0, 0]);
});

Deno.test("both contenders go through the same batches of a mixture", async () => {
  await startTensorFlow();
  const [compiled, eager] = [
    await measureMixture(tiny, taskRows, mixture, "compiled", () => {}),
    await measureMixture(tiny, taskRows, mixture, "eager", () => {}),
  ];
  const work = ({ windows }: typeof compiled) =>
    windows.map(({ rows, tokens, first }) => [rows, tokens, first]);
  assertEquals(work(compiled), work(eager));
  assertEquals(compiled.windows.length, 7); // 3 + 3 batches an epoch: the second one is begun
  assertEquals(compiled.windows.filter(({ first }) => first).length, 2);
  assertEquals(compiled.tracing!.traces, 2);
  assertAlmostEquals(compiled.loss!, eager.loss!, 1e-5);
});

function timed(seconds: readonly number[], first = -1): Timed {
  return {
    windows: seconds.map((seconds, i) => ({
      ...{ steps: 1, rows: 2, tokens: 10, seconds, first: i === first },
    })),
    ...{ firstSeconds: 1, loss: null, tracing: null, peakMemory: 2 ** 20, startSeconds: 3 },
  };
}

Deno.test("speeds at a shape are medians, and pairs are rounds", () => {
  const [compiled, eager] = recordsOf(shape, {
    compiled: [timed([1, 1, 9]), timed([2])],
    eager: [timed([3, 3, 3]), timed([4])],
  });
  assertEquals(compiled!.ratios, { eager: [3, 2] });
  assertEquals([compiled!.stepsPerSecond, compiled!.rounds], [0.75, 2]);
  assertEquals([eager!.ratios, eager!.withTracing], [{}, null]);
});

Deno.test("pairs of a mixture are its steps, the first of each task apart", () => {
  const [compiled] = recordsOf(mixture, {
    compiled: [timed([8, 1, 3], 0)],
    eager: [timed([4, 2, 3], 0)],
  });
  assertEquals(compiled!.ratios, { eager: [2, 1] });
  assertEquals(compiled!.stepsPerSecond, 0.5);
  assertEquals(compiled!.withTracing!.stepsPerSecond, 0.25);
  assertEquals(compiled!.measurement.encoder, "tiny");
});

Deno.test("the table names speeds, ratio and memory", () => {
  const records = recordsOf(shape, { compiled: [timed([0.5])], eager: [timed([1])] });
  const text = renderTable(records);
  assertStringIncludes(text, "Training step, 4 rows of 8 pieces");
  assertStringIncludes(text, "compiled is 2.00 times as fast as eager (1 pair)");
});

Deno.test("a quantile lies between its neighbours", () => {
  assertEquals([quantile([5], 0.25), quantile([4, 1, 2, 3], 0.5), quantile([1, 3], 1)], [
    5,
    2.5,
    3,
  ]);
});

Deno.test("a process tells when its first step is over, and its last line is the answer", async () => {
  const program = 'console.log("first step\\nnoise\\n" + Deno.args[0])';
  const { answer, startSeconds } = await ask([Deno.execPath(), "eval", program], { a: 1 });
  assertEquals(answer, { a: 1 });
  assert(startSeconds! > 0);
});

Deno.test("a process that fails, dawdles or answers nonsense is an error that says so", async () => {
  const run = (program: string, limit?: number) =>
    ask([Deno.execPath(), "eval", program], {}, limit);
  await assertRejects(() => run('console.error("no disk"); Deno.exit(3)'), Error, "no disk");
  await assertRejects(() => run("setTimeout(() => {}, 60_000)", 0.5), Error, "longer than 0.5");
  await assertRejects(() => run('console.log("done")'), Error, "expected JSON");
  assertThrows(() => checkMeasured({ windows: [] }, "eager"), Error, `Contender "eager" answered`);
});

Deno.test("the first contender is the one this project trains with", () => {
  assertEquals(Object.keys(contenders)[0], "compiled");
  assertEquals(contendersFor(shape).map(({ name }) => name), ["compiled", "eager"]);
  for (const [name, contender] of Object.entries(contenders)) assertEquals(contender.name, name);
});

Deno.test("the command line chooses parts, and --quick makes less of everything", () => {
  const all = parseBench([])!;
  assertEquals(all.parts, ["shapes", "mixture", "evaluation"]);
  assertEquals([all.steps, all.data, all.write], [60, "data/sample", undefined]);
  assertEquals(plan(all).map(({ rounds }) => rounds), [2, 2, 2, 2, 2, 2, 1, 1, 1, 1]);
  const quick = parseBench(["--quick", "--mixture", "--write", "--data", "d"])!;
  assertEquals([quick.parts, quick.precisions, quick.rounds], [["mixture"], ["bfloat16"], 1]);
  assertEquals([quick.write, quick.data], ["results/bench.jsonl", "d"]);
  assertEquals(parseBench(["--help"]), null);
  assertThrows(() => parseBench(["--precision", "half"]), Error, `--precision has "half"`);
  assertThrows(() => parseBench(["--steps", "0"]), Error, `--steps has "0"`);
  assertThrows(() => parseBench(["--slow"]), Error, `Unknown argument "--slow"`);
});
