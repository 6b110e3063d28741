import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { presetNamed, switchNames } from "../../../lib/presets.ts";
import { switchesCsv } from "../../../lib/dev/switches/csv.ts";
import type { SwitchRecord } from "../../../lib/dev/switches/records.ts";
import type { SettingRecords, SwitchSeries } from "../../../lib/dev/switches/series.ts";
import { settings } from "../../../lib/dev/switches/settings.ts";
import { renderSwitches, type SwitchesHeader } from "../../../lib/dev/switches/table.ts";
import { recordOf } from "./records.ts";

const header: SwitchesHeader = {
  ...{ commit: "0123456789ab", date: "2026-01-02", encoder: "toy", precision: "float32" },
  testRows: { fixed: { shared: 0, rows: 1362 }, switched: { shared: 524, rows: 524 } },
};

/** Records of seeds 1, 2, ... */
function series(...records: SwitchRecord[]): SwitchSeries {
  return new Map(records.map((record, i) => [i + 1, record]));
}

const rows = (changed: number) => ({
  "rte/train": {
    file: "RTE/train.tsv",
    subset: false,
    drawn: 512,
    of: 2490,
    changed,
    frequent: 51,
  },
  "rte/dev": {
    file: "RTE/dev_subset.tsv.gz",
    subset: true,
    drawn: 277,
    of: 277,
    changed: 0,
    frequent: 52.7,
  },
});

/** The setting of the made-up records; its tasks are theirs, whatever settings.ts says. */
const tried = settings.find(({ name }) => name === "word-dropout")!;

const wordDropout: SettingRecords = {
  setting: { ...tried, tasks: ["mrpc", "rte"] },
  fixed: series(
    recordOf({ mrpc: 70, rte: 60 }, rows(0)),
    recordOf({ mrpc: 72, rte: 64 }, rows(0)),
    recordOf({ mrpc: 71, rte: 62 }, rows(0)),
  ),
  variants: new Map([[
    "wordDropoutHitsSpecials",
    series(
      recordOf({ mrpc: 69, rte: 59 }, rows(3)),
      recordOf({ mrpc: 70, rte: 62 }, rows(3)),
      recordOf({ mrpc: 68, rte: 59 }, rows(3)),
    ),
  ]]),
};

/** No training was made, but for those of word dropout. */
const all = settings.map((setting): SettingRecords =>
  setting === tried ? wordDropout : { setting, fixed: new Map(), variants: new Map() }
);

/** Cells of the line that starts with a name. */
function cells(markdown: string, name: string): string[] {
  const line = markdown.split("\n").find((each) => each.startsWith(`| ${name} |`));
  return line!.slice(2, -2).split(" | ");
}

Deno.test("a line tells both scores of every task, the mean difference, its spread and p", () => {
  assertEquals(cells(renderSwitches(all, header), "`wordDropoutHitsSpecials`"), [
    "`wordDropoutHitsSpecials`",
    "word dropout may hit [CLS] and [SEP]",
    "word-dropout",
    "rte/train: 3 of 512",
    "MRPC accuracy 71.0 → 69.0 (-2.0 ± 1.0)<br>RTE accuracy 62.0 → 60.0 (-2.0 ± 1.0)",
    "-2.0 ± 1.0",
    "3",
    "within noise (p = 0.074)", // scipy.stats.ttest_rel of [64, 66, 63.5] and [65, 68, 66.5]
  ]);
});

Deno.test("a training that was not made is a dash", () => {
  const line = cells(renderSwitches(all, header), "`keepPremiseCut`");
  assertEquals(line.slice(3), ["-", "QNLI as ranking accuracy -", "-", "-", "-"]);
  const [markdown, csv] = [renderSwitches([], header), switchesCsv(all)];
  assert(!markdown.includes("NaN") && !markdown.includes("undefined"));
  assertEquals(csv.trimEnd().split("\n").length, 1 + 3);
});

Deno.test("every switch has a line, and so have all of them together and the precision", () => {
  const markdown = renderSwitches(all, header);
  for (const name of [...switchNames, "faithful", "bfloat16"]) {
    assertEquals(cells(markdown, `\`${name}\``).length, 8);
  }
  const inBfloat16 = renderSwitches(all, { ...header, precision: "bfloat16" });
  assert(!inBfloat16.includes("| `bfloat16` |") && inBfloat16.includes("| `faithful` |"));
});

Deno.test("the switch that changes no dev score tells the test rows that it changes", () => {
  const line = (testRows: SwitchesHeader["testRows"]) =>
    cells(renderSwitches(all, { ...header, testRows }), "`rankingTestFromTraining`").slice(3);
  assertEquals(line(header.testRows), [
    "test rows that are training rows: 0 of 1,362 → 524 of 524",
    ...["no dev row is read otherwise", "-", "-", "-"],
  ]);
  assertEquals(line(null), Array(5).fill("-"));
});

Deno.test("an undefined score counts for no seed", () => {
  const variants = new Map(wordDropout.variants);
  const [first, ...others] = variants.get("wordDropoutHitsSpecials")!.values();
  const undefinedFirst = recordOf({ mrpc: null, rte: 59 }, first!.rows);
  variants.set("wordDropoutHitsSpecials", series(undefinedFirst, ...others));
  const line = cells(
    renderSwitches([{ ...wordDropout, variants }], header),
    "`wordDropoutHitsSpecials`",
  );
  assertMatch(line[4]!, /^MRPC accuracy 71\.5 → 69\.0 .*<br>RTE accuracy 62\.0 → 60\.0 /);
  assertEquals(line[6], "2");
});

Deno.test("the settings tell rows, recipe and what fixed scores", () => {
  const markdown = renderSwitches(all, header);
  assertStringIncludes(
    markdown,
    "at most 64 pieces, word dropout 0.1, linear heads, 64 steps, toy",
  );
  const own = markdown.slice(markdown.indexOf("### word-dropout"));
  assertEquals(cells(own, "RTE").slice(1), [
    "512 of 2,490 (`RTE/train.tsv`)",
    "277 of 277 (`RTE/dev_subset.tsv.gz`, itself a part of the official split)",
    ...["accuracy", "62.0 ± 2.0 (n=3)", "52.7"],
  ]);
});

Deno.test("the head says how it was made, what the test is, and when it is no result", () => {
  const markdown = renderSwitches(all, header);
  assertStringIncludes(
    markdown,
    "Generated by `deno task switches` on 2026-01-02 from commit 0123456789ab with deno 2.9.6, " +
      "tensorflow 2.21.0. Don't edit: run the command again.",
  );
  assertStringIncludes(markdown, "two-sided paired t test");
  assertStringIncludes(markdown, "1 row was tested");
  assert(!markdown.includes("not a result"));
  assertStringIncludes(
    renderSwitches(all, { ...header, maxSteps: 5 }),
    "**Cut short after 5 steps: not a result.**",
  );
});

Deno.test("the same records give the same text", () => {
  assertEquals(renderSwitches(all, header), renderSwitches(structuredClone(all), header));
});

Deno.test("the CSV has the numbers unrounded, one line a task and one for their mean", () => {
  const [heads, ...lines] = switchesCsv(all).trimEnd().split("\n");
  assertEquals(heads, "switch,setting,task,split,metric,n,fixed,switched,difference,sd,p,seeds");
  const start = "wordDropoutHitsSpecials,word-dropout";
  assert(lines[0]!.startsWith(`${start},mrpc,dev,accuracy,3,71,69,-2,1,0.0741799`), lines[0]);
  assert(lines[2]!.startsWith(`${start},mean of the tasks,,,3,66.5,64.5,-2,1,0.0741799`), lines[2]);
  assert(lines.every((line) => line.endsWith(",1 2 3")));
});

Deno.test("a line's name is what --preset takes after fixed+", () => {
  for (const name of switchNames) assertEquals(presetNamed(`fixed+${name}`)[name], true);
});
