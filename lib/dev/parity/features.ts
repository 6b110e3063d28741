/**
 * Parity of reading and featurizing: ids, sides and labels of recorded rows.
 *
 * @module
 */

import { featurize } from "../../input/features.ts";
import { presetOptions, presets } from "../../presets.ts";
import type { Example, Features } from "../../types.ts";
import { type ComparisonRow, createMeter, failedRow } from "./compare.ts";
import { type MiniCase, parseMiniFile, readMiniFiles } from "./mini_files.ts";
import type { Reference } from "./reference.ts";
import { bertTokenizer } from "./tokenizer.ts";

/** Compares every recorded row under `faithful`, the rows of each task in three lines. */
export async function checkFeatures(reference: Reference): Promise<ComparisonRow[]> {
  const tokenizer = bertTokenizer(await reference.text("vocab.txt"));
  const cases = await readMiniFiles(reference);
  const byTask = Map.groupBy(cases, ({ file }) => file.task);
  return [...byTask].flatMap(([task, cases]) => {
    const [ids, sides, labels] = [1, 2, 3].map(() => createMeter("exact"));
    try {
      for (const found of cases) {
        const examples = parseMiniFile(found, presetOptions(presets.faithful).reading);
        const features = featurize(examples, tokenizer, {
          maxLength: found.file.max_seq_len,
          keepPremiseCut: presets.faithful.keepPremiseCut,
        });
        compareRows(found, examples, features, { ids: ids!, sides: sides!, labels: labels! });
      }
    } catch (error) {
      return [failedRow("features", task, error)];
    }
    return [
      ids!.row("features", task, "token ids"),
      sides!.row("features", task, "sides"),
      labels!.row("features", task, "labels"),
    ];
  });
}

type Meters = Readonly<Record<"ids" | "sides" | "labels", ReturnType<typeof createMeter>>>;

function compareRows(
  { file, rows }: MiniCase,
  examples: readonly Example[],
  { candidates, tokens, offsets, boundaries, targets }: Features,
  meters: Meters,
): void {
  const positions = new Map(examples.map(({ row }, position) => [row, position]));
  for (const row of rows) {
    const name = `file ${file.case}, line ${row.line}`;
    const position = positions.get(row.line) ?? -1;
    const [ids, types] = [sequences(row.token_id), sequences(row.type_id)];
    for (let c = 0; c < ids.length; c++) {
      const s = position * candidates + c;
      const found = position < 0 ? [] : tokens.subarray(offsets[s], offsets[s + 1]);
      meters.ids.add(name, found, ids[c]!);
      const sides = Array.from(found, (_, at) => at < boundaries[s]! ? 0 : 1);
      meters.sides.add(name, sides, types[c]!);
    }
    if (file.labels_read) {
      meters.labels.add(name, targets[position] ?? NaN, Math.fround(row.label));
    }
  }
}

function sequences(ids: readonly number[] | readonly (readonly number[])[]) {
  return (typeof ids[0] === "number" ? [ids] : ids) as readonly (readonly number[])[];
}
