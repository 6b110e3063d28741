import {
  keepCheckpoint,
  lastCheckpoint,
  removeCheckpoints,
  type RunCheckpoint,
  savingClock,
} from "../../lib/run/checkpoints.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { inFolder } from "../model/small.ts";

function checkpoint(step: number): RunCheckpoint {
  const values = Float32Array.of(step, -step);
  return {
    parameters: { "encoder/a": { shape: [2], values } },
    training: {
      step,
      updates: { encoder: step },
      optimizer: { "encoder/a/m": { shape: [2], values: values.map((value) => 2 * value) } },
    },
    best: { epoch: 0, worth: 50.5, scores: { "rte/dev": { accuracy: 50.5, f1: null } } },
    ...{ scored: 3, skipped: 1, seconds: 12.5, resumed: [2] },
  };
}

const names = (folder: string) =>
  Array.from(Deno.readDirSync(`${folder}/checkpoints`), ({ name }) => name).sort();

Deno.test("a checkpoint comes back as it was, and the last two are kept", () =>
  inFolder(async (folder) => {
    for (const step of [1, 20, 300]) await keepCheckpoint(folder, checkpoint(step));
    assertEquals(names(folder), ["step-000000020", "step-000000300"]);
    const found = await lastCheckpoint(folder);
    assertEquals(found.checkpoint, checkpoint(300));
    assertEquals(found.folder, `${folder}/checkpoints/step-000000300`);
    await removeCheckpoints(folder);
    assertEquals(await lastCheckpoint(folder), { checkpoint: null, folder: null, damaged: [] });
  }));

Deno.test("a damaged checkpoint is passed over and said, a half-written one without a word", () =>
  inFolder(async (folder) => {
    await keepCheckpoint(folder, checkpoint(1));
    const newest = await keepCheckpoint(folder, checkpoint(2));
    for (const { name } of Deno.readDirSync(newest)) {
      if (name.startsWith("parameters")) Deno.truncateSync(`${newest}/${name}`, 100);
    }
    Deno.mkdirSync(`${folder}/checkpoints/step-000000003`);
    const { checkpoint: found, damaged } = await lastCheckpoint(folder);
    assertEquals(found?.training.step, 1);
    assertEquals(damaged.length, 1);
    assertMatch(damaged[0]!, /parameters.*it has 100 bytes, expected/);
    assertEquals(names(folder), ["step-000000001", "step-000000002.damaged"]);
  }));

Deno.test("a run without a checkpoint has none, nor does a folder that holds something else", () =>
  inFolder(async (folder) => {
    assertEquals((await lastCheckpoint(`${folder}/none`)).checkpoint, null);
    Deno.mkdirSync(`${folder}/checkpoints/notes`, { recursive: true });
    assertEquals((await lastCheckpoint(folder)).checkpoint, null);
    assertEquals(names(folder), ["notes"]);
  }));

Deno.test("a checkpoint is due every so many steps, from where the run began", () => {
  const due = savingClock({ steps: 3 }, 4);
  const steps = [5, 6, 7, 8, 9, 10, 11].filter(due);
  assertEquals(steps, [7, 10]);
});

Deno.test("a checkpoint is due every so many seconds, whatever the steps", () => {
  let clock = 0;
  const due = savingClock({ seconds: 10 }, 0, () => clock);
  const at = [1, 9, 10, 12, 19, 21, 30].filter((seconds) => {
    clock = 1000 * seconds;
    return due(0);
  });
  assertEquals(at, [10, 21]);
});
