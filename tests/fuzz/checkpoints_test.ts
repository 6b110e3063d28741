/** Checkpoints with damage in one of their files: the index, the parameters, the optimiser's state. */
import { assert, assertEquals } from "@std/assert";
import { dirname } from "node:path";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "../../lib/model/checkpoint.ts";
import type { Random } from "../../lib/base/random.ts";
import { keepCheckpoint, lastCheckpoint, type RunCheckpoint } from "../../lib/run/checkpoints.ts";
import { attempt, checkRefusal, fuzz, type Kind, Refused } from "./fuzz.ts";
import { anyBytes, mutate, pick } from "./mutate.ts";
import { damagedTensors } from "./tensors.ts";
import { anyJson } from "./structures.ts";

type Files = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

const values = { shape: [2, 3], values: Float32Array.of(1, -0, NaN, 4, 5, 6) };
const checkpoint: Checkpoint = {
  parameters: { "encoder/a": values, "heads/rte/bias": { shape: [], values: Float32Array.of(7) } },
  optimizer: { "encoder/a/m": values, "encoder/a/n": { shape: [1], values: Int32Array.of(3) } },
  state: { step: 12, scores: { "rte/dev": { accuracy: 50.5, f1: null } }, done: false, list: [1] },
};

function runCheckpoint(step: number): RunCheckpoint {
  return {
    parameters: checkpoint.parameters,
    training: { step, updates: { encoder: step }, optimizer: { "encoder/a/m": values } },
    best: { epoch: 0, worth: 50.5, scores: { "rte/dev": { accuracy: 50.5, f1: null } } },
    ...{ scored: 3, skipped: 1, seconds: 12.5, resumed: [2] },
  };
}

/** Every file below a folder. */
async function filesOf(folder: string, below = ""): Promise<Files> {
  const found: Record<string, Uint8Array<ArrayBuffer>> = {};
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    const path = `${below}${name}`;
    if (isDirectory) Object.assign(found, await filesOf(folder, `${path}/`));
    else found[path] = await Deno.readFile(`${folder}/${path}`);
  }
  return found;
}

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.mkdir(dirname(`${folder}/${name}`), { recursive: true });
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
}

/** The files with one of them damaged, taken away or under another's name. */
function damaged(files: Files, random: Random): { files: Files; name: string; old: boolean } {
  const name = pick(random, Object.keys(files).sort());
  const whole = files[name]!;
  const { [name]: _, ...others } = files;
  if (random.integer(50) === 0) return { files: others, name, old: false };
  const { bytes } = name.endsWith(".json")
    ? mutate(whole, random, anyJson)
    : random.integer(2) === 0
    ? mutate(whole, random, anyBytes)
    : damagedTensors(whole, random);
  // Format 1 has no hash of its own: nothing is promised of what it says.
  const old = /"format":\s*1\b/.test(new TextDecoder().decode(bytes));
  return { files: { ...others, [name]: bytes }, name, old };
}

async function inFolder(folder: string, files: Files, use: () => Promise<void>): Promise<void> {
  await writeFiles(folder, files);
  try {
    await use();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

export const kinds: Readonly<Record<string, Kind>> = {
  "checkpoints": {
    count: 1500,
    open: async (folder) => {
      const place = `${folder}/checkpoint`;
      await saveCheckpoint(place, checkpoint);
      const whole = await filesOf(place);
      return {
        input: (random) => {
          const { files, old } = damaged(whole, random);
          return inFolder(place, files, async () => {
            const found = await attempt([place], () => loadCheckpoint(place));
            if (!old) assertEquals(found, checkpoint, "another checkpoint was loaded");
            assertEquals(await filesOf(place), files, "a file was changed");
          });
        },
      };
    },
  },
  "checkpoints of a run": {
    count: 400,
    open: async (folder) => {
      const run = `${folder}/run`;
      for (const step of [1, 2]) await keepCheckpoint(run, runCheckpoint(step));
      const whole = await filesOf(run);
      return {
        input: (random) => {
          const { files, name, old } = damaged(whole, random);
          return inFolder(run, files, async () => {
            const found = await lastCheckpoint(run);
            found.damaged.forEach((problem) => checkRefusal(new Error(problem), [run]));
            const step = found.checkpoint?.training.step ?? 0;
            if (old) return;
            assertEquals(found.checkpoint, runCheckpoint(step));
            assert(step === 2 || name.includes("step-000000002"), `step ${step} after ${name}`);
            if (step === 1) throw new Refused();
          });
        },
      };
    },
  },
};

fuzz(import.meta.url, kinds);
