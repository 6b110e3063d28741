import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseConformance, toJson } from "../../../lib/dev/conformance/main.ts";
import { type LeftOut, leftOut } from "../../../lib/dev/conformance/left_out.ts";
import { copyCore } from "../../../lib/dev/conformance/modules.ts";
import type { TestResult } from "../../../lib/dev/conformance/suite.ts";
import { isGood, render, summarize } from "../../../lib/dev/conformance/summary.ts";

/** Where tfjs-core's operations and their tests lie. */
const OPERATIONS = new URL("ops/", import.meta.resolve("@tensorflow/tfjs-core/dist/index.js"));

const record: LeftOut = { tests: ["sign"], message: /NaN/, count: 1, reason: "NaN has no sign" };

const passed: TestResult = { name: "abs basic", status: "passed", messages: [] };
const signFails: TestResult = { name: "sign basic", status: "failed", messages: ["not NaN"] };

Deno.test("a failure that the list names in this way is skipped, with its reason", () => {
  const summary = summarize([passed, signFails], [record]);
  assertEquals(summary.skipped, [{ reason: "NaN has no sign", tests: ["sign basic"] }]);
  assertEquals([summary.passed, summary.failed.length], [1, 0]);
  assert(isGood(summary));
});

Deno.test("a named test that fails in another way has failed", () => {
  for (const messages of [["crashed"], ["not NaN", "crashed"], []]) {
    const result: TestResult = { ...signFails, messages };
    const summary = summarize([passed, result], [record]);
    assertEquals(summary.failed, [result]);
    assert(!isGood(summary));
  }
});

Deno.test("an unnamed test that fails as a named one does has failed", () => {
  const result: TestResult = { ...signFails, name: "abs of NaN" };
  assertEquals(summarize([signFails, result], [record]).failed, [result]);
});

Deno.test("a record is stale when its tests pass, are gone, or have become more", () => {
  for (
    const results of [
      [passed],
      [{ ...signFails, status: "passed", messages: [] } as const],
      [passed, signFails, { ...signFails, name: "sign of a list" }],
    ]
  ) {
    const summary = summarize(results, [record]);
    assertEquals(summary.stale.length, 1);
    assert(!isGood(summary));
  }
});

Deno.test("a record without a number is never stale, nor is any for a part of the tests", () => {
  assertEquals(summarize([passed], [{ ...record, count: null }]).stale, []);
  assertEquals(summarize([passed], [record], { partial: true }).stale, []);
});

Deno.test("tests that the suite skips count as skipped", () => {
  const summary = summarize([passed, { ...passed, status: "skipped" }], []);
  assertEquals(summary.skipped.map(({ tests }) => tests), [["abs basic"]]);
});

Deno.test("no tests at all are not good", () => {
  assert(!isGood(summarize([], [])));
});

Deno.test("the verdict shows failures with their messages and ends with the numbers", () => {
  const failed: TestResult = { name: "tan basic", status: "failed", messages: ["1 is not 2\n3"] };
  const text = render(summarize([passed, signFails, failed], [record]));
  assertStringIncludes(text, "failed: tan basic\n  1 is not 2\n  3\n");
  assertStringIncludes(text, "1  skipped: NaN has no sign\n");
  assertEquals(text.split("\n").at(-1), "1 passed, 1 failed, 1 skipped");
});

Deno.test("an endless message is cut", () => {
  const failed: TestResult = { name: "tan", status: "failed", messages: ["x".repeat(10_000)] };
  assert(render(summarize([failed], [])).length < 1000);
});

Deno.test("the written verdict has versions, numbers and reasons", () => {
  const versions = { tfjs: "4.22.0", tensorflow: "2.21.0", deno: "2.9.6", devices: ["CPU"] };
  assertEquals(JSON.parse(toJson(summarize([passed, signFails], [record]), versions)), {
    ...versions,
    passed: 1,
    failed: 0,
    skipped: 1,
    failures: [],
    leftOut: [{ reason: "NaN has no sign", tests: 1 }],
  });
});

Deno.test("every record of the list names tests, and a reason of its own", () => {
  for (const { tests, count, reason } of leftOut) {
    assert(tests.length > 0 && tests.every((start) => start.trim() === start && start !== ""));
    assert(count === null || count > 0, reason);
    assert(/^[a-z].*[^.]$/.test(reason), reason);
  }
  const reasons = leftOut.map(({ reason }) => reason);
  assertEquals(new Set(reasons).size, reasons.length);
});

Deno.test("tfjs-core still has every suite that the list names", () => {
  const suites = new Set<string>();
  for (const text of testFiles(OPERATIONS)) {
    for (const [, name] of text.matchAll(/describeWithFlags\('(\S+?)[ ']/g)) suites.add(name!);
  }
  const named = leftOut.flatMap(({ tests }) => tests.map((start) => start.split(" ")[0]!));
  const gone = named.filter((start) => ![...suites].some((suite) => suite.startsWith(start)));
  assertEquals(gone, []);
});

function* testFiles(folder: URL): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* testFiles(new URL(`${name}/`, folder));
    else if (name.endsWith("_test.js")) yield Deno.readTextFileSync(new URL(name, folder));
  }
}

Deno.test("copied modules of tfjs-core are one each, and leave no files", async () => {
  const cache = new URL("../../../.cache/", import.meta.url);
  await Deno.mkdir(cache, { recursive: true });
  const folders = () => Array.from(Deno.readDirSync(cache), ({ name }) => name);
  const before = folders();
  let during: string[] = [];
  {
    await using core = await copyCore(["kernel_names.js", "util_base.js"]);
    during = folders().filter((name) => !before.includes(name));
    assertEquals((await core.load("kernel_names.js")).Mean, "Mean");
    assert(await core.load("util_base.js") === await core.load("util_base.js"));
  }
  const after = folders(); // another process may have a copy of its own
  assert(during.some((name) => !after.includes(name)));
});

Deno.test("the command line takes a part of a name, and writes only whole results", () => {
  assertEquals(parseConformance([]), { only: "", write: false });
  assertEquals(parseConformance(["--write"]), { only: "", write: true });
  assertEquals(parseConformance(["2d", "NCHW"]), { only: "2d NCHW", write: false });
  assertEquals(parseConformance(["--help"]), null);
  assertThrows(() => parseConformance(["--write", "conv2d"]), Error, `results of "conv2d"`);
  assertThrows(() => parseConformance(["--all"]), Error, `Unknown argument "--all"`);
});
