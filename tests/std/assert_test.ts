import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertGreater,
  AssertionError,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
} from "@std/assert";

/** The AssertionError that `fn` throws, found without the assertions under test. */
function refusal(fn: () => unknown): AssertionError {
  try {
    fn();
  } catch (error) {
    if (error instanceof AssertionError) return error;
    throw error;
  }
  throw new Error(`Expected an AssertionError from ${fn}, none was thrown.`);
}

function insist(condition: boolean, what: unknown): void {
  if (!condition) throw new Error(`Wrong about ${Deno.inspect(what)}.`);
}

// deno-lint-ignore no-control-regex -- the real package colours its lines
const plain = (text: string) => text.replaceAll(/\x1b\[\d+m/g, "");

class Rows {
  constructor(readonly count: number) {}
}
class Columns {
  constructor(readonly count: number) {}
}
function mapOf(...entries: readonly (readonly [unknown, unknown])[]): Map<unknown, unknown> {
  return new Map(entries);
}
/** Errors made at one place: their stacks are the same. */
const errors = ["line 7", "line 7", "line 8"].map((message) => new Error(message));
function ring(value: number): unknown {
  const links: unknown[] = [value];
  links.push(links);
  return links;
}

const same: readonly (readonly [unknown, unknown])[] = [
  [NaN, NaN],
  [0, -0],
  ["rte", "rte"],
  [undefined, undefined],
  [[1, [2, [NaN]]], [1, [2, [NaN]]]],
  [{ a: 1, b: { c: [] } }, { b: { c: [] }, a: 1 }],
  [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  [new Float32Array([1, NaN]), new Float32Array([1, NaN])],
  [new BigInt64Array([1n]), new BigInt64Array([1n])],
  [new Uint8Array([1, 2, 3]).subarray(1), new Uint8Array([2, 3])],
  [new Date(5), new Date(5)],
  [new Date(NaN), new Date(NaN)],
  [/a+/g, /a+/g],
  [new URL("file:///a"), new URL("file:///a")],
  [new Set([{ a: 1 }, 2]), new Set([2, { a: 1 }])],
  [mapOf(["a", 1], [{ k: 1 }, 2]), mapOf([{ k: 1 }, 2], ["a", 1])],
  [new Rows(2), new Rows(2)],
  [errors[0], errors[1]],
  [ring(1), ring(1)],
];

const different: readonly (readonly [unknown, unknown])[] = [
  [1, 2],
  [1, "1"],
  [null, undefined],
  [{}, null],
  [[1, 2], [2, 1]],
  [[1], [1, undefined]],
  [{ a: undefined }, {}],
  [{ a: undefined }, { b: undefined }],
  [new Float32Array([1, 2]), new Float32Array([1, 3])],
  [new Float32Array([1]), new Float64Array([1])],
  [new Float32Array([1]), new Float32Array([1, 0])],
  [new Date(5), new Date(6)],
  [/a+/g, /a+/i],
  [new Set([1]), new Set([2])],
  [new Set([{ a: 1 }]), new Set([{ a: 2 }])],
  [new Map([["a", 1]]), new Map([["a", 2]])],
  [new Map([["a", 1]]), new Map([["b", 1]])],
  [new Map([["a", undefined]]), new Map([["b", undefined]])],
  [new Rows(2), new Columns(2)],
  [errors[1], errors[2]],
  [new Error("line 7"), new Error("line 7")], // each has a column of its own in its stack
  [ring(1), ring(2)],
  [{ [Symbol.for("a")]: 1 }, { [Symbol.for("a")]: 2 }],
];

Deno.test("equal() compares by value, whatever the type", () => {
  for (const pair of same) insist(equal(...pair) && equal(pair[1], pair[0]), pair);
  for (const pair of different) insist(!equal(...pair) && !equal(pair[1], pair[0]), pair);
});

Deno.test("equal() refuses what can't be read", () => {
  assertThrows(() => equal(new WeakMap(), new WeakMap()), TypeError, "Cannot compare");
  assertThrows(() => equal(new WeakSet(), new WeakSet()), TypeError, "Cannot compare");
});

Deno.test("assertEquals() and assertNotEquals() agree with equal()", () => {
  for (const [a, b] of same) {
    assertEquals(a, b);
    refusal(() => assertNotEquals(a, b));
  }
  for (const [a, b] of different) {
    assertNotEquals(a, b);
    refusal(() => assertEquals(a, b));
  }
});

Deno.test("assertEquals() shows the lines that differ, and the caller's words", () => {
  const actual = { task: "rte", scores: [1, 2, 3, 4, 5, 6, 7, 8, 9] };
  const expected = { task: "rte", scores: [1, 2, 3, 4, 50, 6, 7, 8, 9] };
  const message = plain(refusal(() => assertEquals(actual, expected, "dev scores")).message);
  assertStringIncludes(message, "Values are not equal: dev scores");
  assertMatch(message, /^-\s+5,$/m);
  assertMatch(message, /^\+\s+50,$/m);
  assert(!/^[-+].*rte/m.test(message));
});

Deno.test("assertEquals() shows one changed element of a long typed array as one line", () => {
  const expected = Float32Array.from({ length: 3000 }, (_, i) => i);
  const actual = expected.slice();
  actual[2000] = 0.5;
  const lines = plain(refusal(() => assertEquals(actual, expected)).message).split("\n");
  assertEquals(lines.filter((line) => /^[-+]/.test(line)).map((line) => line.replace(/\s+/, " ")), [
    "- 0.5,",
    "+ 2000,",
  ]);
});

Deno.test("assertStrictEquals() asks for the same value", () => {
  const row = { a: 1 };
  assertStrictEquals(row, row);
  assertStrictEquals(NaN, NaN);
  refusal(() => assertStrictEquals(0, -0));
  refusal(() => assertStrictEquals(1, 2));
  assertStringIncludes(refusal(() => assertStrictEquals(row, { a: 1 })).message, "reference");
});

Deno.test("assertAlmostEquals() has a relative tolerance unless one is given", () => {
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertAlmostEquals(1e9 + 50, 1e9);
  assertAlmostEquals(71.04, 71, 0.05);
  assertAlmostEquals(NaN, NaN);
  assertAlmostEquals(Infinity, Infinity);
  refusal(() => assertAlmostEquals(1e9 + 200, 1e9));
  refusal(() => assertAlmostEquals(1e-9, 2e-9));
  refusal(() => assertAlmostEquals(NaN, 1));
  refusal(() => assertAlmostEquals(1, Infinity));
  assertStringIncludes(refusal(() => assertAlmostEquals(71.06, 71, 0.05)).message, "close to");
});

Deno.test("assert() and assertExists() say what they were told", () => {
  assert(1);
  assertExists(0);
  assertExists("");
  assertEquals(refusal(() => assert("", "no rows")).message, "no rows");
  refusal(() => assertExists(null));
  assertStringIncludes(refusal(() => assertExists(undefined, "no head")).message, "no head");
});

Deno.test("assertGreater() and assertLess() refuse equal values and NaN", () => {
  assertGreater(2, 1);
  assertLess("a", "b");
  refusal(() => assertGreater(2, 2));
  refusal(() => assertLess(2, 2));
  refusal(() => assertGreater(NaN, 0));
});

Deno.test("assertMatch() and assertStringIncludes() look into a text", () => {
  assertMatch("dev.tsv", /\.tsv$/);
  refusal(() => assertMatch("dev.csv", /\.tsv$/));
  assertStringIncludes("line 7 has 3 columns", "line 7");
  refusal(() => assertStringIncludes("line 7", "line 8"));
});

Deno.test("assertObjectMatch() ignores what isn't asked for", () => {
  const run = { task: "rte", config: { seed: 1, rate: 0.5 }, when: new Date(5), ids: [1, 2] };
  assertObjectMatch(run, { config: { seed: 1 }, ids: [1, 2] });
  assertObjectMatch(run, { when: new Date(5) });
  refusal(() => assertObjectMatch(run, { config: { seed: 2 } }));
  refusal(() => assertObjectMatch(run, { absent: 1 }));
  refusal(() => assertObjectMatch(run, { ids: [1, 3] }));
});

Deno.test("assertThrows() returns the error, and checks its class and message", () => {
  const raise = () => {
    throw new RangeError("line 7");
  };
  assertEquals(assertThrows(raise, RangeError, "line").message, "line 7");
  assertThrows(raise);
  assertThrows(raise, Error);
  refusal(() => assertThrows(() => {}));
  assertStringIncludes(refusal(() => assertThrows(() => {}, "none")).message, "none");
  assertStringIncludes(refusal(() => assertThrows(raise, TypeError)).message, "RangeError");
  assertStringIncludes(refusal(() => assertThrows(raise, RangeError, "line 8")).message, "line 8");
});

Deno.test("assertRejects() asks for a rejected promise, not for a throw", async () => {
  const raise = () => Promise.reject(new RangeError("line 7"));
  assertEquals((await assertRejects(raise, RangeError, "line")).message, "line 7");
  await assertRejects(raise);
  await assertRejects(() => assertRejects(() => Promise.resolve()), AssertionError);
  await assertRejects(() => assertRejects(raise, TypeError), AssertionError, "RangeError");
  await assertRejects(() => assertRejects(raise, RangeError, "line 8"), AssertionError, "line 8");
  await assertRejects(
    () =>
      assertRejects(() => {
        throw new RangeError("at once");
      }),
    AssertionError,
  );
});
