/** Metrics and tables of predictions that are constant, of one label, few, or none. */
import { assert, assertEquals } from "@std/assert";
import { computeScores, metrics } from "../../lib/metrics/metrics.ts";
import type { Random } from "../../lib/base/random.ts";
import { difference, differenceCell, scoreCell } from "../../lib/report/cells.ts";
import { renderCsv } from "../../lib/report/csv.ts";
import type { SeedValue } from "../../lib/report/runs.ts";
import { seedRuns } from "../report/example_runs.ts";
import { fuzz, type Kind } from "./fuzz.ts";
import { pick } from "./mutate.ts";

/** Values among few, so that lists without any spread are common. */
function list(random: Random, length: number, values: readonly number[]): number[] {
  const few = values.slice(0, 1 + random.integer(values.length));
  return Array.from({ length }, () => pick(random, few));
}

const scoresOf = [1, 0, 2.5, -3, 5, 1e-38, 3.4e38, -3.4e38, 1e-45, 1 + 1e-7];

function checkMetrics(random: Random): void {
  const length = pick(random, [0, 1, 2, 3, 9]);
  const { pearson, spearman, ...ofLabels } = metrics;
  const check = (chosen: Record<string, typeof pearson>, values: readonly number[]) => {
    const [predictions, targets] = [list(random, length, values), list(random, length, values)];
    const scores = computeScores(Object.values(chosen), predictions, targets);
    for (const [name, score] of Object.entries(scores)) {
      const fits = score === null || (score >= -100.000001 && score <= 100.000001);
      assert(fits, `${name} is ${score} for ${predictions} and ${targets}`);
      if (length > 0 && chosen === ofLabels) assert(score !== null, `${name} has no value`);
    }
  };
  check(ofLabels, [1, 0]);
  check({ pearson, spearman }, scoresOf);
}

function checkCells(random: Random): void {
  const side = (): SeedValue[] =>
    Array.from({ length: pick(random, [0, 1, 2, 5, 25]) }, (_, i) => ({
      seed: i + 1,
      value: random.integer(4) === 0 ? null : pick(random, [0, 50, 50, 100, -100, 1e-300]),
    }));
  const [plain, refined] = [side(), side()];
  const found = difference(plain, refined);
  const { p = 0, mean = 0, interval } = found ?? {};
  for (const value of [p ?? 0, mean, interval?.low ?? 0, interval?.high ?? 0]) {
    assert(Number.isFinite(value), JSON.stringify(found));
  }
  const csv = renderCsv(seedRuns(refined.map(({ value }) => value)));
  for (const text of [scoreCell(plain), differenceCell(plain, refined), csv]) {
    assertEquals(/NaN|Infinity|null/.exec(text), null, text);
  }
}

export const kinds: Readonly<Record<string, Kind>> = {
  "scores and tables": {
    count: 1000,
    all: "read",
    open: () => ({
      input: (random) => {
        checkMetrics(random);
        checkCells(random);
      },
    }),
  },
};

fuzz(import.meta.url, kinds);
