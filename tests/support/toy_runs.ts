/** Finished runs without training, and what lies in a results folder. */
import type { RunSummary } from "../../lib/report/runs.ts";
import type { RunRecord } from "../../lib/run/results.ts";
import { openRunFolder } from "../../lib/run/folder.ts";
import { exampleRun } from "../report/example_runs.ts";

/** Writes a run whole and returns its record. */
export async function writeRun(
  results: string,
  name: string,
  changes: Partial<RunSummary> = {},
  versions: Record<string, string> = { tensorflow: "2.21.0" },
): Promise<RunRecord> {
  const record: RunRecord = {
    identity: "abc",
    configuration: {},
    circumstances: { versions },
    summaries: [exampleRun(changes)],
  };
  const folder = await openRunFolder(results, name, "abc");
  await folder.write("run.json", JSON.stringify(record));
  await folder.finish();
  return record;
}

/** Names of all files and folders below `folder`. */
export async function namesBelow(folder: string, prefix = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${prefix}`)) {
    names.push(`${prefix}${name}`);
    if (isDirectory) names.push(...await namesBelow(folder, `${prefix}${name}/`));
  }
  return names.sort();
}
