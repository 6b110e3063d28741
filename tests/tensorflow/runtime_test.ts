import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { startTensorFlow, tensorFlowBackend, tf } from "../../lib/tensorflow/backend.ts";
import { ensureLibrary } from "../../lib/tensorflow/library.ts";
import { compile } from "../../lib/tensorflow/trace.ts";
import {
  check,
  configProto,
  cString,
  int64s,
  isStarted,
  readCString,
  runtime,
  type RuntimeOptions,
  startRuntime,
} from "../../lib/tensorflow/runtime.ts";

// the order matters: each test but the last few finds TensorFlow not started

Deno.test("before TensorFlow is started everything says how to start it", async () => {
  assert(!isStarted());
  const message = "TensorFlow is not started: call `await startTensorFlow()` first.";
  assertThrows(() => runtime(), Error, message);
  assertThrows(() => tensorFlowBackend(), Error, message);
  await assertRejects(() => compile(() => ({}))({}), Error, message);
});

const WRONG: readonly (readonly [RuntimeOptions, string])[] = [
  [{ threads: 0 }, 'Cannot use 0 as "threads": expected a whole number from 1 to 1024.'],
  [{ threads: -1 }, 'Cannot use -1 as "threads"'],
  [{ threads: 1.5 }, 'Cannot use 1.5 as "threads"'],
  [{ threads: NaN }, 'Cannot use NaN as "threads"'],
  [{ threads: 5000 }, 'Cannot use 5000 as "threads"'],
];
for (const [options, message] of WRONG) {
  Deno.test(`${Object.keys(options)[0]} ${Object.values(options)[0]} is refused before anything starts`, () => {
    assertThrows(() => startRuntime("/no/such/library.so", options), Error, message);
    assert(!isStarted());
  });
}

Deno.test("a file that is no TensorFlow library is refused with what to do", async () => {
  const file = await Deno.makeTempFile({ suffix: ".so" });
  try {
    await Deno.writeTextFile(file, "no library");
    for (const path of ["/no/such/library.so", file]) {
      const error = assertThrows(() => startRuntime(path), Error, `Cannot open "${path}"`);
      assertMatch(error.message, /set TENSORFLOW_LIBRARY to another file/);
    }
    assert(!isStarted());
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("a library that was cut off is refused, which opening would crash on", async () => {
  using whole = await Deno.open(await ensureLibrary());
  const start = new Uint8Array(4096);
  await whole.read(start);
  const file = await Deno.makeTempFile({ suffix: ".so" });
  try {
    await Deno.writeFile(file, start);
    const expected =
      `Cannot open "${file}" as TensorFlow's C library (it was cut off: it has 4096 bytes`;
    assertThrows(() => startRuntime(file), Error, expected);
    assert(!isStarted());
  } finally {
    await Deno.remove(file);
  }
});

const SETTINGS = { 1: [16, 1, 40, 1], 2: [16, 1, 40, 2], 300: [16, 172, 2, 40, 172, 2] };
for (const [threads, bytes] of Object.entries(SETTINGS)) {
  Deno.test(`of ${threads} threads each works on a shard of its own where there is one`, () => {
    assertEquals([...configProto({ threads: Number(threads) })], bytes);
  });
}

Deno.test("TensorFlow starts with a number of threads, once", async () => {
  const library = await ensureLibrary();
  const started = await startTensorFlow({ library, threads: 2 });
  assertMatch(started.version, /^2\.\d+\.\d+/);
  assertEquals(started.devices[0], "CPU");
  assertStrictEquals(await startTensorFlow({ threads: 1 }), started);
  assertStrictEquals(runtime(), started);
  assertThrows(
    () => startRuntime(library),
    Error,
    "TensorFlow is already started in this process.",
  );
  assertEquals(tf.getBackend(), "tensorflow");
  assertEquals(tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).arraySync(), [[3, 3], [3, 3]]);
});

Deno.test("check passes on TensorFlow's own message with what was tried", () => {
  const { c, context, status } = runtime();
  c.TFE_NewOp(context, cString("NoSuchOperation"), status);
  assertThrows(() => check(c, status, "try it"), Error, "Cannot try it: ");
  c.TFE_DeleteOp(c.TFE_NewOp(context, cString("Add"), status));
  check(c, status, "try it"); // the status is good again
});

Deno.test("C strings go there and back, names with other letters included", () => {
  const bytes = cString("Größe 🙂");
  assertEquals(bytes.at(-1), 0);
  assertStrictEquals(cString("Größe 🙂"), bytes);
  assertEquals(readCString(Deno.UnsafePointer.of(bytes)), "Größe 🙂");
  assertEquals(readCString(null), "");
});

Deno.test("lists of numbers become 64-bit integers, an empty one still has a place", () => {
  assertEquals([...new BigInt64Array(int64s([2, -1, 2 ** 40]).buffer)], [2n, -1n, 2n ** 40n]);
  assertEquals(int64s([]).length, 8);
});

Deno.test("threads that make alike products at the same time leave each other's memory alone", async () => {
  const child = new URL("./products_child.ts", import.meta.url).pathname;
  const allowed = ["--allow-read", "--allow-ffi", "--allow-env", "--allow-run=python3"];
  const { code, signal, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...allowed, child],
  }).output();
  assertEquals([code, signal, new TextDecoder().decode(stdout).trim()], [0, null, "0"]);
});
