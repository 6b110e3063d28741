import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createRandom } from "../../lib/base/random.ts";
import { loadPretrained, savePretrained, withFreshPooler } from "../../lib/model/pretrained.ts";
import { encoderFolder, noEncoder } from "../input/encoder.ts";
import { inFolder, smallTensors, writeEncoder } from "./small.ts";

Deno.test("loadPretrained() reads a folder", () =>
  inFolder(async (folder) => {
    await writeEncoder(folder, smallTensors((source) => `bert.${source}`));
    const { config, parameters, tokenizerFile, hash, leftOut } = await loadPretrained(folder);
    assertEquals([config.layers, Object.keys(parameters).length, leftOut], [2, 39, []]);
    assertEquals(tokenizerFile, `${folder}/tokenizer.json`);
    assertEquals(/^[0-9a-f]{64}$/.test(hash), true);
  }));

Deno.test("loadPretrained() gives back what savePretrained() wrote", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/first`);
    await writeEncoder(`${folder}/first`, smallTensors());
    await Deno.writeTextFile(`${folder}/first/tokenizer.json`, "{}");
    const first = await loadPretrained(`${folder}/first`);
    await savePretrained(`${folder}/second`, first);
    const second = await loadPretrained(`${folder}/second`);
    assertEquals(second.parameters, first.parameters);
    assertEquals(second.config, { ...first.config, name: "second" });
    assertEquals(await Deno.readTextFile(second.tokenizerFile), "{}");
    const names = await Array.fromAsync(Deno.readDir(`${folder}/second`), ({ name }) => name);
    assertEquals(names.sort(), ["config.json", "model.safetensors", "tokenizer.json"]);
  }));

Deno.test("an encoder without a pooler gets one that starts fresh, the same every time", () =>
  inFolder(async (folder) => {
    const tensors = Object.entries(smallTensors()).filter(([name]) => !name.startsWith("pooler."));
    await writeEncoder(folder, Object.fromEntries(tensors));
    const bare = await loadPretrained(folder);
    assertEquals(bare.missing, ["encoder/pooler/kernel", "encoder/pooler/bias"]);
    const whole = withFreshPooler(bare, createRandom(1)).parameters;
    assertEquals(Object.keys(whole).length, Object.keys(bare.parameters).length + 2);
    assertEquals(whole["encoder/pooler/bias"]!.values.every((value) => value === 0), true);
    assertEquals(whole["encoder/pooler/kernel"]!.values.some((value) => value !== 0), true);
    assertEquals(withFreshPooler(bare, createRandom(1)).parameters, whole);
  }));

Deno.test("loadPretrained() refuses pickles, and says how to convert them", () =>
  inFolder(async (folder) => {
    await writeEncoder(folder, smallTensors());
    let last = "model.safetensors";
    for (const name of ["pytorch_model.bin", "mt_dnn.pt", "a.pth", "b.ckpt", "c.pkl"]) {
      await Deno.rename(`${folder}/${last}`, `${folder}/${last = name}`);
      const { message } = await assertRejects(() => loadPretrained(folder), Error);
      for (const part of [`only as ${name}, which can run any program`, "save_file(", "torch"]) {
        assertStringIncludes(message, part);
      }
    }
  }));

Deno.test("loadPretrained() refuses weights in parts and of other libraries", () =>
  inFolder(async (folder) => {
    await writeEncoder(folder, smallTensors());
    await Deno.remove(`${folder}/model.safetensors`);
    for (
      const [name, why] of [["tf_model.h5", "only as tf_model.h5, which is not read here"], [
        "model-00001-of-00002.safetensors",
        "in parts, as model-00001-of-00002.safetensors",
      ]] as const
    ) {
      await Deno.writeTextFile(`${folder}/${name}`, "");
      await assertRejects(() => loadPretrained(folder), Error, why);
    }
  }));

Deno.test("loadPretrained() refuses a pickle that is named model.safetensors", () =>
  inFolder(async (folder) => {
    await writeEncoder(folder, smallTensors());
    const pickles = [[0x80, 2, 0x7d, 0x71, 0, 0x2e], [0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0]];
    for (const bytes of pickles) {
      await Deno.writeFile(`${folder}/model.safetensors`, Uint8Array.from(bytes));
      const refusal = "its model.safetensors is a pickle, which can run any program";
      await assertRejects(() => loadPretrained(folder), Error, refusal);
    }
  }));

Deno.test("loadPretrained() refuses a config.json that is no UTF-8, and names the line", () =>
  inFolder(async (folder) => {
    await writeEncoder(folder, smallTensors());
    const file = `${folder}/config.json`;
    await Deno.writeFile(file, Uint8Array.of(0x7b, 0x0a, 0xff));
    await assertRejects(() => loadPretrained(folder), Error, `"${file}": line 2 is not UTF-8`);
  }));

Deno.test("loadPretrained() says which file of a folder is missing", () =>
  inFolder(async (folder) => {
    await assertRejects(() => loadPretrained(folder), Error, `it has no "config.json"`);
    await assertRejects(() => loadPretrained(`${folder}/none`), Error, `no "config.json"`);
    await writeEncoder(folder, smallTensors());
    await Deno.remove(`${folder}/model.safetensors`);
    await assertRejects(
      () => loadPretrained(folder),
      Error,
      "has no model.safetensors; fetch",
    );
    const file = `${folder}/config.json`;
    await assertRejects(() => loadPretrained(file), Error, "expected a folder");
  }));

Deno.test("loadPretrained() refuses a file that is cut off", () =>
  inFolder(async (folder) => {
    await writeEncoder(folder, smallTensors());
    const file = `${folder}/model.safetensors`;
    await Deno.truncate(file, (await Deno.stat(file)).size - 4);
    await assertRejects(() => loadPretrained(folder), Error, `Cannot read "${file}": the tensors`);
  }));

Deno.test({
  name: "loadPretrained() reads the default encoder as it was published",
  ignore: noEncoder,
  fn: async () => {
    const { hash, leftOut, missing, parameters } = await loadPretrained(encoderFolder);
    assertEquals(hash, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db");
    assertEquals([leftOut, missing], [["embeddings.position_ids"], []]);
    const sizes = Object.values(parameters).map(({ values }) => values.length);
    assertEquals(sizes.reduce((a, b) => a + b), 22_713_216);
  },
});
