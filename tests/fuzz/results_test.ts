/** Results folders whose run.json is damaged, and the tables made of them. */
import { assert, assertEquals } from "@std/assert";
import { renderCsv } from "../../lib/report/csv.ts";
import { renderMarkdown } from "../../lib/report/tables.ts";
import { readRecords, type RunRecord, writeTables } from "../../lib/run/results.ts";
import type { Random } from "../../lib/base/random.ts";
import { exampleHeader, exampleRun } from "../report/example_runs.ts";
import { attempt, fuzz, type Kind } from "./fuzz.ts";
import { mutate, pick } from "./mutate.ts";
import { anyJson } from "./structures.ts";

const record: RunRecord = {
  identity: "0123456789abcdef",
  configuration: { seed: 1, tasks: [{ task: "scitail" }] },
  circumstances: { commit: "abc", seconds: 12.5, versions: { tensorflow: "2.21.0" } },
  summaries: [
    exampleRun({ scores: { accuracy: 70.1, f1: null } }),
    exampleRun({
      ...{ experiment: "adapt", task: "scitail", fraction: 0.01, encoder: "refined", seed: 2 },
      ...{ chosenRows: [3, 1, 2], rows: { train: 3, trainOfficial: 23596, dev: 1304 } },
    }),
  ],
};
const other = { ...record, summaries: [exampleRun({ task: "mnli", split: "dev_mismatched" })] };

/** Every value of every summary is in the tables, and nothing that is no number. */
function checkTables(records: readonly RunRecord[], markdown: string): void {
  const summaries = records.flatMap(({ summaries }) => summaries);
  const csv = renderCsv(summaries);
  for (const text of [markdown, csv]) {
    const found = /\bNaN\b|\bInfinity\b|\bundefined\b(?! \(n=|,| a metric)|\[object|\bnull\b/.exec(
      text,
    );
    assert(!found, `a table has ${found?.[0]}`);
  }
  const [names = "", ...lines] = csv.split("\n");
  const at = (name: string) => names.split(",").indexOf(name);
  const values = lines.filter((line) => line.startsWith("ours,"))
    .flatMap((line) => line.split(",")[at("values")]!.split(" "));
  const scores = summaries.flatMap(({ scores }) => Object.keys(scores));
  if (!csv.includes('"')) assertEquals(values.length, scores.length, "scores are lost");
  const width = (line: string) => line.replaceAll("\\|", "").split("|").length;
  const tables = markdown.split("\n\n").filter((block) => block.startsWith("|"));
  for (const table of tables) assertEquals(new Set(table.split("\n").map(width)).size, 1, table);
}

async function readDamaged(folder: string, whole: Uint8Array, random: Random): Promise<void> {
  const { bytes } = mutate(whole, random, anyJson);
  const file = `${folder}/sample-finetune-plain/rte/seed-1/run.json`;
  await Deno.writeFile(file, bytes);
  const records = await attempt([file], () => readRecords(folder));
  assertEquals(records.length, 2);
  const render = (records: readonly RunRecord[]) =>
    renderMarkdown(records.flatMap(({ summaries }) => summaries), exampleHeader);
  const summaries = records.flatMap(({ summaries }) => summaries);
  const markdown = await attempt(["Cannot put run"], () => render(records));
  if (summaries.length > 0) checkTables(records, markdown);
  assertEquals(await Deno.readFile(file), bytes, "the file was changed");
  if (pick(random, [0, 1, 2, 3]) > 0) return;
  const { versions: _, ...header } = exampleHeader;
  await writeTables(folder, header);
}

export const kinds: Readonly<Record<string, Kind>> = {
  "run.json": {
    count: 1500,
    open: async (folder) => {
      const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value, null, 2));
      for (const task of ["mnli", "rte"]) {
        await Deno.mkdir(`${folder}/sample-finetune-plain/${task}/seed-1`, { recursive: true });
      }
      await Deno.writeFile(`${folder}/sample-finetune-plain/mnli/seed-1/run.json`, bytes(other));
      return { input: (random) => readDamaged(folder, bytes(record), random) };
    },
  },
};

fuzz(import.meta.url, kinds);
