/** Downloaded archives with damage, members that lead elsewhere, and names of wheels. */
import { assert, assertEquals } from "@std/assert";
import { extractMembers } from "../../lib/hub/archive.ts";
import { hashFile, pipArguments, verifyFile } from "../../lib/hub/wheel.ts";
import type { Random } from "../../lib/base/random.ts";
import { filesBelow, zip } from "../hub/wheels.ts";
import { attempt, checkRefusal, fuzz, type Kind, Refused } from "./fuzz.ts";
import { anyBytes, anyText, asText, mutate, type Mutator, pick } from "./mutate.ts";

/** Paths that lead out of a folder, clash, or can't be. */
const paths = [
  ...["../out", "/tmp/out", "a/../../out", "a//b", "..", ".", "", "a/", "C:\\out", "..\\out"],
  ...["a", "a/b", "lib/one.so", "x".repeat(300), "nul\0name", "\u202e", "~/out", "a/./b"],
];

/** Members' names are written twice, both times with their length before them. */
const rename: Mutator = asText((text, random) => {
  const name = pick(random, ["lib/one.so", "bin/tool", "data.txt"]);
  const by = pick(random, paths).padEnd(name.length, "/../x").slice(0, name.length);
  return text.replaceAll(name, by);
});

async function archives(): Promise<Uint8Array<ArrayBuffer>[]> {
  const noise = Uint8Array.from({ length: 500 }, (_, i) => (i * 7919) % 251);
  const made = [
    await zip({ "lib/one.so": noise, "bin/tool!": "tool", "data.txt": "x".repeat(2000) }),
    await zip(Object.fromEntries(paths.filter((path) => path !== "").map((path) => [path, path]))),
    await zip({}),
  ];
  return made.map((bytes) => bytes.slice() as Uint8Array<ArrayBuffer>);
}

/** What is written lies below the folder, and has at most the bytes that its archive could hold. */
async function unpackDamaged(
  folder: string,
  all: readonly Uint8Array<ArrayBuffer>[],
  random: Random,
): Promise<void> {
  const { bytes } = mutate(pick(random, all), random, { ...anyBytes, rename }, all);
  const [archive, out] = [`${folder}/a.whl`, `${folder}/deep/er/out`];
  await Deno.writeFile(archive, bytes);
  await Deno.mkdir(out, { recursive: true });
  try {
    const place = pick(random, [(member: string) => member, () => pick(random, paths)]);
    const paths_ = await attempt([archive], () => extractMembers(archive, out, place));
    assertEquals(await filesBelow(out), paths_.toSorted());
    assertEquals(await Deno.readFile(archive), bytes, "the archive was changed");
  } finally {
    const below = await filesBelow(folder);
    assert(below.every((path) => path === "a.whl" || path.startsWith("deep/er/out/")), `${below}`);
    const sizes = await Promise.all(
      below.map(async (path) => (await Deno.stat(`${folder}/${path}`)).size),
    );
    assert(sizes.reduce((sum, size) => sum + size, 0) < 1_000_000);
    await Deno.remove(`${folder}/deep`, { recursive: true });
  }
}

async function verifyDamaged(folder: string, random: Random): Promise<void> {
  const file = `${folder}/wheel.whl`;
  const whole = new TextEncoder().encode("a wheel as it was published");
  await Deno.writeFile(file, whole);
  const sha256 = await hashFile(file);
  const { bytes } = mutate(whole, random, anyBytes);
  await Deno.writeFile(file, bytes);
  const same = bytes.length === whole.length && bytes.every((byte, i) => byte === whole[i]);
  if (same) return await verifyFile(file, sha256);
  const error = await verifyFile(file, sha256).then(() => null, (error) => error);
  checkRefusal(error, [file, sha256]);
  assertEquals(await Deno.stat(file).then(() => true, () => false), false, "it is still there");
  throw new Refused();
}

export const kinds: Readonly<Record<string, Kind>> = {
  "archives": {
    count: 800,
    open: async (folder) => {
      const all = await archives();
      return { input: (random) => unpackDamaged(folder, all, random) };
    },
  },
  "checksums of downloads": {
    count: 400,
    open: (folder) => ({ input: (random) => verifyDamaged(folder, random) }),
  },
  "names of wheels": {
    count: 500,
    open: () => ({
      input: async (random) => {
        const whole = new TextEncoder().encode("some_tool-1.2-cp311-cp311-macosx_12_0_arm64.whl");
        const { bytes } = mutate(whole, random, anyText);
        const name = new TextDecoder().decode(bytes);
        const args = await attempt(["is no name of a wheel"], () => pipArguments(name));
        assert(args.every((arg) => arg !== "" && !arg.includes("undefined")));
      },
    }),
  },
};

fuzz(import.meta.url, kinds);
