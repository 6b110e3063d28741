/**
 * Parity of the choice of rows: which lines of a file become rows, and which of these are short
 * enough to train on.
 *
 * @module
 */

import { dropLongRows, featurize } from "../../input/features.ts";
import type { Tokenizer } from "../../input/tokenizer.ts";
import { type Preset, presetOptions, presets } from "../../presets.ts";
import { type ComparisonRow, createMeter, failedRow } from "./compare.ts";
import { type MiniCase, parseMiniFile, readMiniFiles, taskOf } from "./mini_files.ts";
import type { Reference } from "./reference.ts";
import { bertTokenizer } from "./tokenizer.ts";

/** Compares every recorded file under both presets, the files of a task in a line for each. */
export async function checkFiles(reference: Reference): Promise<ComparisonRow[]> {
  const tokenizer = bertTokenizer(await reference.text("vocab.txt"));
  const byTask = Map.groupBy(await readMiniFiles(reference), ({ file }) => file.task);
  const rows: ComparisonRow[] = [];
  for (const [task, cases] of byTask) {
    for (const preset of Object.values(presets)) {
      const what = `${task}, ${preset.name}`;
      try {
        rows.push(...checkTask(what, cases, preset, tokenizer));
      } catch (error) {
        rows.push(failedRow("files", what, error));
      }
    }
  }
  return rows;
}

function checkTask(
  what: string,
  cases: readonly MiniCase[],
  preset: Preset,
  tokenizer: Tokenizer,
): ComparisonRow[] {
  const [kept, short] = [createMeter("exact"), createMeter("exact")];
  for (const found of cases) {
    const { file, rows } = found;
    const name = `file ${file.case}`;
    const examples = parseMiniFile(found, presetOptions(preset).reading);
    kept.add(name, examples.map(({ row }) => row), expectedLines(found, preset));
    // What `fixed` reads otherwise has other texts: their lengths were not recorded.
    if (readsOtherwise(file.task, preset)) continue;
    const features = featurize(examples, tokenizer, {
      maxLength: file.max_seq_len,
      keepPremiseCut: preset.keepPremiseCut,
    });
    const lengths = Object.entries(file.uids_kept_by_training_loader_at_max_seq_len);
    for (const [length, uids] of lengths) {
      const { rows: left } = dropLongRows(features, Number(length)).features;
      // A uid may occur twice, so rows are named by the uids of their lines.
      const found = Array.from(left, (line) => rows.find((row) => row.line === line)?.uid);
      short.add(`${name} at ${length}`, numbersOf(found), numbersOf(uids));
    }
  }
  const all = [kept.row("files", what, "lines kept")];
  return readsOtherwise(cases[0]!.file.task, preset)
    ? all
    : [...all, short.row("files", what, "rows short enough")];
}

/** Lines that become rows: a ranking row counts as its first line. */
function expectedLines({ file, rows }: MiniCase, preset: Preset): number[] {
  const dropped = new Set(file.dropped_lines);
  if (taskOf(file.task).pairing) return rows.map(({ line }) => line);
  const spared = file.task === "cola" && !preset.loseFirstColaRow && !file.split.includes("test");
  if (spared) dropped.delete(0);
  return [...file.lines.keys()].filter((line) => !dropped.has(line));
}

function readsOtherwise(task: string, preset: Preset): boolean {
  return (task === "cola" && !preset.loseFirstColaRow) ||
    (task === "wnli" && !preset.wnliLabelAsHypothesis) ||
    (taskOf(task).pairing !== undefined && !preset.keepPremiseCut);
}

/** Uids are compared as text; each gets the number of its text. */
const seen = new Map<string, number>();
function numbersOf(uids: readonly (string | number | undefined)[]): number[] {
  return uids.map((uid) => {
    const text = String(uid);
    if (!seen.has(text)) seen.set(text, seen.size);
    return seen.get(text)!;
  });
}
