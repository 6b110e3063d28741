import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { loadCheckpoint, matchParameters, saveCheckpoint } from "../../lib/model/checkpoint.ts";
import { inFolder } from "./small.ts";

const parameters = {
  "encoder/word": { shape: [2, 3], values: Float32Array.of(1, 2, 3, NaN, -0, Infinity) },
  "head/bias": { shape: [], values: Float32Array.of(0.5) },
};
const optimizer = {
  "encoder/word/moment": { shape: [2, 3], values: new Float32Array(6).fill(0.25) },
  step: { shape: [1], values: Int32Array.of(12) },
};
const state = { step: 12, best: { mnli: 0.5, rte: null }, tasks: ["rte", "mnli"], done: false };

const names = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();

Deno.test("loadCheckpoint() gives back what saveCheckpoint() was given", () =>
  inFolder(async (folder) => {
    await saveCheckpoint(`${folder}/a/b`, { parameters, optimizer, state });
    assertEquals(await loadCheckpoint(`${folder}/a/b`), { parameters, optimizer, state });
  }));

Deno.test("a checkpoint may be without optimiser state, or be read without it", () =>
  inFolder(async (folder) => {
    await saveCheckpoint(folder, { parameters, optimizer, state });
    assertEquals(await loadCheckpoint(folder, { optimizer: false }), { parameters, state });
    await saveCheckpoint(folder, { parameters, state });
    assertEquals(await loadCheckpoint(folder), { parameters, state });
    assertEquals((await names(folder)).length, 2); // the optimiser's file is gone
  }));

Deno.test("saveCheckpoint() replaces the older checkpoint and leaves other files alone", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.jsonl`, "{}");
    await saveCheckpoint(folder, { parameters, state: { step: 1 } });
    const changed = { ...parameters, "head/bias": { shape: [], values: Float32Array.of(9) } };
    await saveCheckpoint(folder, { parameters: changed, state: { step: 2 } });
    assertEquals(await loadCheckpoint(folder), { parameters: changed, state: { step: 2 } });
    const left = await names(folder);
    assertEquals(left.length, 3);
    assertEquals(left.slice(0, 2), ["checkpoint.json", "log.jsonl"]);
  }));

Deno.test("a checkpoint stays whole when the next save stops at any point", () =>
  inFolder(async (folder) => {
    await saveCheckpoint(folder, { parameters, state: { step: 1 } });
    // What a save leaves when it is killed: a temporary file, and a file not yet named.
    const temporary = `${folder}/parameters.${crypto.randomUUID()}.tmp`;
    await Deno.writeTextFile(temporary, "half a f");
    await Deno.writeTextFile(`${folder}/parameters-0123456789abcdef.safetensors`, "unnamed");
    assertEquals((await loadCheckpoint(folder)).state, { step: 1 });
    await saveCheckpoint(folder, { parameters, state: { step: 2 } });
    assertEquals((await loadCheckpoint(folder)).state, { step: 2 });
    assertEquals((await names(folder)).length, 2); // and the next save cleans up
  }));

Deno.test("saveCheckpoint() keeps the older checkpoint when it fails", () =>
  inFolder(async (folder) => {
    await saveCheckpoint(folder, { parameters, state: { step: 1 } });
    const wrong = { x: { shape: [3], values: Float32Array.of(1) } };
    await assertRejects(() => saveCheckpoint(folder, { parameters: wrong, state }), Error, `"x"`);
    assertEquals((await loadCheckpoint(folder)).state, { step: 1 });
    assertEquals((await names(folder)).length, 2);
  }));

Deno.test("saveCheckpoint() refuses a state that JSON would change, and names the place", () =>
  inFolder(async (folder) => {
    for (const best of [NaN, -Infinity, undefined, 1n, new Map(), new Date(0), () => 1]) {
      await assertRejects(
        () => saveCheckpoint(folder, { parameters, state: { scores: [0, { best }] } }),
        TypeError,
        "Cannot save state.scores.1.best",
      );
    }
    assertEquals(await names(folder), []);
  }));

Deno.test("loadCheckpoint() refuses a file that was cut off, changed or taken away", () =>
  inFolder(async (folder) => {
    await saveCheckpoint(folder, { parameters, optimizer, state });
    for (const part of ["parameters", "optimizer"]) {
      const name = (await names(folder)).find((name) => name.startsWith(part))!;
      const file = `${folder}/${name}`;
      const whole = await Deno.readFile(file);
      await Deno.writeFile(file, whole.slice(0, -1));
      const cut = `Cannot read "${file}": it has ${
        whole.length - 1
      } bytes, expected ${whole.length}`;
      await assertRejects(() => loadCheckpoint(folder), Error, cut);
      const changed = whole.slice();
      changed[changed.length - 1]! ^= 1;
      await Deno.writeFile(file, changed);
      await assertRejects(() => loadCheckpoint(folder), Error, `Cannot load "${file}": its sha256`);
      await Deno.remove(file);
      await assertRejects(() => loadCheckpoint(folder), Error, `Cannot read "${file}"`);
      await Deno.writeFile(file, whole);
    }
    assertEquals((await loadCheckpoint(folder)).state, state);
  }));

Deno.test("loadCheckpoint() refuses a checkpoint.json that is none", () =>
  inFolder(async (folder) => {
    await assertRejects(() => loadCheckpoint(folder), Error, "there is no checkpoint");
    const entry = { file: "parameters-0123456789abcdef.safetensors", bytes: 1, sha256: "00" };
    const files = { parameters: entry };
    const outside = { parameters: { ...entry, file: "../x.safetensors" } };
    const refuse = async (json: unknown, why: string) => {
      const text = typeof json === "string" ? json : JSON.stringify(json);
      await Deno.writeTextFile(`${folder}/checkpoint.json`, text);
      await assertRejects(() => loadCheckpoint(folder), Error, why);
    };
    await refuse("{", "it is not JSON");
    await refuse("null", "its format is missing, expected 2");
    await refuse({ format: 3, files, state }, "its format is 3, expected 2");
    await refuse(
      { format: { toString: 1 }, files, state },
      `its format is {"toString":1}, expected`,
    );
    await refuse({ format: 2, files, state }, "its content is not what was written");
    await refuse(
      { format: 1, files: { parameters: { ...entry, file: { toString: 1 } } }, state },
      "it lacks",
    );
    await refuse({ format: 1, files: { ...files, optimizer: null }, state }, "it lacks");
    await refuse({ format: 1, files, state: [] }, "it lacks");
    await refuse("\u001b[31m{\n", "it is not JSON");
    await refuse({ format: 1, files: {}, state }, "it lacks");
    await refuse({ format: 1, files }, "it lacks");
    await refuse({ format: 1, files: { parameters: null }, state }, "it lacks");
    await refuse({ format: 1, files: outside, state }, "it lacks");
    await refuse({ format: 1, files, state }, "Cannot read");
  }));

Deno.test("loadCheckpoint() notices a number of the state that changed on the disk", () =>
  inFolder(async (folder) => {
    await saveCheckpoint(folder, { parameters, state });
    const file = `${folder}/checkpoint.json`;
    const text = await Deno.readTextFile(file);
    for (const [from, to] of [["12", "13"], ["false", "true"], [`"rte"`, `"rtf"`]] as const) {
      await Deno.writeTextFile(file, text.replace(from, to));
      await assertRejects(
        () => loadCheckpoint(folder),
        Error,
        "its content is not what was written",
      );
    }
    await Deno.writeTextFile(file, JSON.stringify(JSON.parse(text))); // the same, laid out otherwise
    assertEquals((await loadCheckpoint(folder)).state, state);
  }));

Deno.test("loadCheckpoint() reads checkpoints of format 1, which had no hash of the state", () =>
  inFolder(async (folder) => {
    await saveCheckpoint(folder, { parameters, state });
    const file = `${folder}/checkpoint.json`;
    const { sha256: _, ...older } = JSON.parse(await Deno.readTextFile(file));
    await Deno.writeTextFile(file, JSON.stringify({ ...older, format: 1 }));
    assertEquals((await loadCheckpoint(folder)).state, state);
  }));

Deno.test("loadCheckpoint() refuses in one line an index that is no UTF-8 or of many levels", () =>
  inFolder(async (folder) => {
    const file = `${folder}/checkpoint.json`;
    await Deno.writeFile(file, Uint8Array.of(0x7b, 0x0a, 0xff));
    await assertRejects(() => loadCheckpoint(folder), Error, `"${file}": line 2 is not UTF-8`);
    await saveCheckpoint(folder, { parameters, state });
    const text = await Deno.readTextFile(file);
    const deep = "[".repeat(20_000) + "]".repeat(20_000);
    await Deno.writeTextFile(file, text.replace(`"step": 12`, `"step": ${deep}`));
    await assertRejects(() => loadCheckpoint(folder), Error, "its content is not what was written");
  }));

Deno.test("matchParameters() picks what is expected and names the rest", () => {
  const expected = [{ name: "encoder/word", shape: [2, 3] }];
  const matched = matchParameters(parameters, expected, "runs/a");
  assertEquals(Object.keys(matched.parameters), ["encoder/word"]);
  assertEquals(matched.leftOut, ["head/bias"]);
});

Deno.test("matchParameters() names all that is missing or misshapen", () => {
  const expected = [
    { name: "encoder/word", shape: [3, 2] },
    { name: "toString", shape: [1] },
    { name: "head/bias", shape: [] },
  ];
  const { message } = assertThrows(() => matchParameters(parameters, expected, "runs/a"), Error);
  assert(
    message.includes(`"runs/a": encoder/word is [2,3], expected [3,2]; toString [1] is missing`),
  );
});
