import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { HOST, registry } from "../../.deno/jsr.ts";
import { inFolder } from "../hub/wheels.ts";

const JSR = `https://${HOST}/`;
const FOLDER = new URL("../../.deno/jsr/", import.meta.url).href;
const HOUR = 60 * 60 * 1000;

const answer = () => Promise.resolve(Response.json({ latest: "1.0.6" }));
const page = () => Promise.resolve(new Response("<p>Please log in</p>"));
const silence = () => Promise.reject(new TypeError("no network"));

/** Runs `body` with a file that remembers, while JSR_URL has a value, or none. */
async function where(url: string | undefined, body: (file: string) => Promise<void>) {
  const before = Deno.env.get("JSR_URL");
  const set = (value?: string) =>
    value === undefined ? Deno.env.delete("JSR_URL") : Deno.env.set("JSR_URL", value);
  set(url);
  try {
    await inFolder((folder) => body(`${folder}/cache/jsr.json`));
  } finally {
    set(before);
  }
}

Deno.test("what JSR_URL says is the registry, and nobody is asked", () =>
  where("https://example.com/", async (file) => {
    assertEquals(await registry(silence, file), "https://example.com/");
  }));

Deno.test("the registry is JSR where it answers, else the folder of the stand-ins", async () => {
  await where(undefined, async (file) => assertEquals(await registry(answer, file), JSR));
  await where("", async (file) => assertEquals(await registry(silence, file), FOLDER));
  await where(undefined, async (file) => assertEquals(await registry(page, file), FOLDER));
  assert((await Deno.stat(new URL("@std/csv/meta.json", FOLDER))).isFile);
});

Deno.test("an answer is remembered for a day", () =>
  where(undefined, async (file) => {
    using time = new FakeTime("2019-01-31T00:00:00Z");
    assertEquals(await registry(silence, file), FOLDER);
    time.tick(23 * HOUR);
    assertEquals(await registry(answer, file), FOLDER);
    time.tick(2 * HOUR);
    assertEquals(await registry(answer, file), JSR);
    assertEquals(await registry(silence, file), JSR);
  }));

Deno.test("a memory that can't be read or written is done without", () =>
  where(undefined, async (file) => {
    assertEquals(await registry(answer, "/dev/null/jsr.json"), JSR);
    await registry(silence, file);
    await Deno.writeTextFile(file, "{");
    assertEquals(await registry(answer, file), JSR);
  }));
