/** Folders of pretrained encoders with a damaged config.json or damaged weights. */
import { assert, assertEquals } from "@std/assert";
import { encoderOf, formatConfig, parseConfig } from "../../lib/model/encoders.ts";
import { loadPretrained } from "../../lib/model/pretrained.ts";
import type { Random } from "../../lib/base/random.ts";
import { smallConfig, smallTensors, writeEncoder } from "../model/small.ts";
import { attempt, fuzz, type Kind } from "./fuzz.ts";
import { mutate, pick } from "./mutate.ts";
import { anyJson } from "./structures.ts";
import { damagedTensors } from "./tensors.ts";

const names = ["config.json", "model.safetensors"] as const;

/** An encoder has all its parameters, in the shapes that its configuration says, and finite. */
async function checkEncoder(folder: string): Promise<void> {
  const { config, parameters, missing } = await attempt([folder], () => loadPretrained(folder));
  for (const { name, shape } of encoderOf(config).parameters(config)) {
    if (missing.includes(name)) continue;
    assertEquals(parameters[name]!.shape, shape);
    const { values } = parameters[name]!;
    assertEquals(values.length, shape.reduce((product, axis) => product * axis, 1));
    assert(values.every(Number.isFinite), name);
  }
  assert(missing.every((name) => name.startsWith("encoder/pooler/")));
}

async function readFolder(
  folder: string,
  whole: Readonly<Record<string, Uint8Array<ArrayBuffer>>>,
  random: Random,
) {
  const name = pick(random, names);
  const damaged = name === "config.json"
    ? mutate(whole[name]!, random, anyJson)
    : damagedTensors(whole[name]!, random);
  await Deno.writeFile(`${folder}/${name}`, damaged.bytes);
  try {
    await checkEncoder(folder);
    assertEquals(await Deno.readFile(`${folder}/${name}`), damaged.bytes, "a file was changed");
  } finally {
    await Deno.writeFile(`${folder}/${name}`, whole[name]!);
  }
}

export const kinds: Readonly<Record<string, Kind>> = {
  "encoder folders": {
    count: 1000,
    open: async (folder) => {
      await writeEncoder(folder, smallTensors((source) => `bert.${source}`));
      const whole = Object.fromEntries(
        await Promise.all(
          names.map(async (name) => [name, await Deno.readFile(`${folder}/${name}`)] as const),
        ),
      );
      return { input: (random) => readFolder(folder, whole, random) };
    },
  },
  "config.json": {
    count: 1500,
    open: () => {
      const whole = new TextEncoder().encode(JSON.stringify(smallConfig));
      return {
        input: async (random) => {
          const { bytes } = mutate(whole, random, anyJson);
          const text = new TextDecoder().decode(bytes);
          const file = "folder/config.json";
          const config = await attempt(["Cannot use", file], () => parseConfig(text, file));
          assertEquals(parseConfig(formatConfig(config), file), config);
          assert(config.layers <= 1000 && config.width % config.heads === 0);
        },
      };
    },
  },
};

fuzz(import.meta.url, kinds);
