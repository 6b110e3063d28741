import { assertEquals, assertRejects } from "@std/assert";
import {
  readTraining,
  recordedSeeds,
  recordFile,
  type SwitchRecord,
  writeRecord,
} from "../../../lib/dev/switches/records.ts";
import { recordOf } from "./records.ts";

/** Lends a folder that is removed after use. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const record: SwitchRecord = recordOf({ rte: 61.5 });

Deno.test("a record that is written is read again, by who asks for just its identity", () =>
  inFolder(async (folder) => {
    const file = recordFile(`${folder}/together`, "decayEverything", 2);
    assertEquals(file, `${folder}/together/decayEverything/seed-2.json`);
    await writeRecord(file, record);
    assertEquals(await readTraining(file, record.identity), record);
    assertEquals(await readTraining(file, "another"), null);
    await writeRecord(file, { ...record, identity: "another" });
    assertEquals(await readTraining(file, record.identity), null);
    const names = await Array.fromAsync(Deno.readDir(`${folder}/together/decayEverything`));
    assertEquals(names.map(({ name }) => name), ["seed-2.json"]); // and nothing beside it
  }));

Deno.test("a record that was cut off or is none counts as missing", () =>
  inFolder(async (folder) => {
    const file = recordFile(folder, undefined, 1);
    await writeRecord(file, record);
    const text = await Deno.readTextFile(file);
    for (const damaged of ["", "null", "[]", "7", text.slice(0, 40), `${text}}`]) {
      await Deno.writeTextFile(file, damaged);
      assertEquals(await readTraining(file, record.identity), null, damaged);
    }
  }));

Deno.test("a record whose numbers were changed to something else counts as missing", () =>
  inFolder(async (folder) => {
    const file = recordFile(folder, undefined, 1);
    const counts = { drawn: 1, of: 2, changed: 0, frequent: 50 };
    const rows = { "rte/train": { file: "a", subset: false, ...counts } };
    const changes = [
      { scores: null },
      { scores: { rte: null } },
      { scores: { rte: { accuracy: "61.5" } } },
      { steps: 1.5 },
      { rows: { ...rows, "rte/dev": { ...rows["rte/train"], drawn: null } } },
      { rows: { ...rows, "rte/dev": { ...rows["rte/train"], file: 3 } } },
      { rows: { ...rows, "rte/dev": { ...rows["rte/train"], frequent: "50" } } },
    ];
    await Deno.mkdir(`${folder}/fixed`);
    await Deno.writeTextFile(file, JSON.stringify({ ...record, rows }));
    assertEquals(await readTraining(file, record.identity), { ...record, rows });
    for (const change of changes) {
      await Deno.writeTextFile(file, JSON.stringify({ ...record, ...change }));
      assertEquals(await readTraining(file, record.identity), null, JSON.stringify(change));
    }
  }));

Deno.test("the seeds that a variant has records of are found, other files passed over", () =>
  inFolder(async (folder) => {
    for (const seed of [10, 2, 1]) await writeRecord(recordFile(folder, "faithful", seed), record);
    for (const name of ["seed-x.json", "seed-3.json.1.tmp", "notes"]) {
      await Deno.writeTextFile(`${folder}/faithful/${name}`, "");
    }
    assertEquals(await recordedSeeds(folder, "faithful"), [1, 2, 10]);
    assertEquals(await recordedSeeds(folder, undefined), []);
  }));

Deno.test("a place that can't be written is told in one sentence", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/fixed`, "mine");
    await assertRejects(
      () => writeRecord(recordFile(folder, undefined, 1), record),
      Error,
      `Cannot write results to "${folder}/fixed": `,
    );
    assertEquals(await Deno.readTextFile(`${folder}/fixed`), "mine");
  }));
