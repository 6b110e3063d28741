import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { checkContender, checkWindow, type Contender } from "../../../lib/dev/bench/contenders.ts";
import type { ShapeMeasurement } from "../../../lib/dev/bench/measurement.ts";
import { ask, converse } from "../../../lib/dev/bench/process.ts";
import { checkProof, takeTurns } from "../../../lib/dev/bench/turns.ts";

const measurement: ShapeMeasurement = {
  ...{ kind: "shape", encoder: "none", precision: "float32", seed: 1, threads: null, inputs: null },
  ...{ batch: 2, length: 3, windows: 3, windowSeconds: 0.01 },
};

/** A contender in a few lines; windows tell when they ran by their `seconds`. */
const toy = `
  const window = () => ({
    steps: 1, rows: 2, tokens: 6, seconds: Date.now() / 1000, first: false, memory: 1,
  });
  const tell = (message) => console.log(JSON.stringify(message));
  console.log("noise");
  console.log("first step");
  tell({ proof: { mnli: LOSS } });
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    rest += text;
    const lines = rest.split("\\n");
    rest = lines.pop();
    for (const line of lines) {
      if (line === "go") { FAIL; tell({ window: window() }); }
      else tell({ summary: { first: window(), tracing: null, peakMemory: 1 } });
    }
    if (lines.includes("end")) break;
  }`;

function toyContender(name: string, { loss = 1, fail = "" } = {}): Contender {
  const program = toy.replace("LOSS", String(loss)).replace("FAIL", fail);
  return { name, measures: ["shape"], command: () => [Deno.execPath(), "eval", program] };
}

Deno.test("contenders start one after another and take turns, window by window", async () => {
  const pair = [toyContender("ours"), toyContender("theirs", { loss: 1.00005 })];
  const [ours, theirs] = await takeTurns(measurement, pair, "");
  assertEquals([ours!.windows.length, theirs!.windows.length], [3, 3]);
  const times = ours!.windows.flatMap(({ seconds }, i) => [seconds, theirs!.windows[i]!.seconds]);
  assertEquals(times, times.toSorted((a, b) => a - b));
  assert(ours!.startSeconds > 0 && theirs!.proof.mnli === 1.00005);
});

Deno.test("a contender that does other work is refused by name, with both numbers", async () => {
  const other = [toyContender("ours"), toyContender("theirs", { loss: 1.1 })];
  const error = await assertRejects(() => takeTurns(measurement, other, ""), Error);
  assertStringIncludes(error.message, `Cannot measure "theirs" (shape, float32): it does other`);
  assertStringIncludes(error.message, `for "mnli" its loss without dropout is 1.1, expected 1`);
});

Deno.test("a contender that fails in a window is an error with its last words", async () => {
  const failing = [toyContender("ours", { fail: 'console.error("no disk"); Deno.exit(3)' })];
  const run = () => takeTurns(measurement, failing, "");
  await assertRejects(run, Error, `Cannot measure "ours" (shape, float32): no disk`);
});

Deno.test("losses may differ by what rounding explains, and every task must be there", () => {
  const half = { kind: "mixture", precision: "bfloat16" } as const;
  checkProof(half, { rte: 1.01 }, { rte: 1 });
  assertThrows(() => checkProof(half, { rte: 1.03 }, { rte: 1 }), Error, "within a share of 0.02");
  assertThrows(() => checkProof(half, {}, { rte: 1 }), Error, "is NaN, expected 1");
  assertThrows(() => checkProof(half, { rte: 1, cola: 1 }, { rte: 1 }), Error, `for "cola"`);
  const nothing = { rte: null } as unknown as Record<string, number>; // how JSON has NaN
  assertThrows(() => checkProof(half, nothing, nothing), Error, "other work");
});

Deno.test("a process tells when its first step is over, noise apart", async () => {
  const program = 'console.log("noise\\nfirst step\\n" + Deno.args[0])';
  using child = converse([Deno.execPath(), "eval", program], { a: 1 });
  assert(await child.firstStep() > 0);
  assertEquals(await child.answer("a"), 1);
  await child.ended();
});

Deno.test("a process that only starts another one gives it the time it took", async () => {
  const program = `
    await new Promise((resolve) => setTimeout(resolve, 400));
    console.log("started");
    console.log("first step");`;
  using child = converse([Deno.execPath(), "eval", program], {});
  assert(await child.firstStep() < 0.3);
});

Deno.test("a process that fails, dawdles or answers nonsense is an error that says so", async () => {
  const run = (program: string) => ask([Deno.execPath(), "eval", program], {}, "key");
  await assertRejects(() => run('console.error("no disk"); Deno.exit(3)'), Error, "no disk");
  await assertRejects(() => run('console.log("done")'), Error, "ended early, with code 0");
  const killed = 'console.error("Loading 7 %"); Deno.kill(Deno.pid, "SIGKILL"); await 0';
  await assertRejects(() => run(killed), Error, "it was killed (code 137)");
  await assertRejects(() => run('console.log("{}")'), Error, `expected JSON with "key"`);
  const late = converse([Deno.execPath(), "eval", "setTimeout(() => {}, 60_000)"], {}, 0.3);
  await assertRejects(() => late.firstStep(), Error, "silent for longer than 0.3 seconds");
  late[Symbol.dispose]();
  assertThrows(() => checkWindow({ steps: 1 }), Error, `it answered {"steps":1}`);
  assertThrows(() => checkContender({}), Error, "expected the first window and peakMemory");
});
