import { assertAlmostEquals, assertEquals, assertExists } from "@std/assert";
import type { Example } from "../../lib/types.ts";
import { createRandom } from "../../lib/base/random.ts";
import { findFile, readExamples } from "../../lib/input/files.ts";
import { data, readReference, readText, reference, sample } from "./official.ts";
import { labels, sources, wnliFaithful } from "../../lib/input/layouts.ts";
import { rankingPairs } from "../../lib/input/ranking.ts";
import { parseExamples, type Source } from "../../lib/input/readers.ts";

type TaskName = keyof typeof sources;

function sourceOf(task: TaskName, split: string): Source {
  const source = (sources[task] as Readonly<Record<string, Source>>)[split];
  assertExists(source, `${task} has no split ${split}`);
  return source;
}

/**
 * Every official file: task, split, file, rows, and the rows of each label by number, the mean
 * score, or null without targets. From the data folder's README.
 */
const official: [TaskName, string, string, number, readonly number[] | number | null][] = [
  ["cola", "train", "CoLA/train.tsv", 8551, [2528, 6023]],
  ["cola", "dev", "CoLA/dev.tsv", 1043, [322, 721]],
  ["cola", "test", "CoLA/test.tsv", 1063, null],
  ["sst2", "train", "SST-2/train.tsv.gz", 67349, [29780, 37569]],
  ["sst2", "dev", "SST-2/dev.tsv", 872, [428, 444]],
  ["sst2", "test", "SST-2/test.tsv", 1821, null],
  ["mrpc", "train", "MRPC/train.tsv", 3668, [1194, 2474]],
  ["mrpc", "dev", "MRPC/dev.tsv", 408, [129, 279]],
  ["mrpc", "test", "MRPC/test.tsv", 1725, null],
  ["mrpc", "test_labelled", "MRPC/msr_paraphrase_test.tsv", 1725, [578, 1147]],
  ["stsb", "train", "STS-B/train.tsv", 5749, 2.701],
  ["stsb", "dev", "STS-B/dev.tsv", 1500, 2.364],
  ["stsb", "test", "STS-B/test.tsv", 1379, null],
  ["stsb", "test_labelled", "STS-B/original/sts-test.csv", 1379, 2.608],
  ["rte", "train", "RTE/train.tsv", 2490, [1241, 1249]],
  ["rte", "dev", "RTE/dev.tsv", 277, [131, 146]],
  ["rte", "test", "RTE/test.tsv", 3000, null],
  ["wnli", "train", "WNLI/train.tsv", 635, [323, 312]],
  ["wnli", "dev", "WNLI/dev.tsv", 71, [40, 31]],
  ["wnli", "test", "WNLI/test.tsv", 146, null],
  ["qnli", "train", "QNLI/train_subset.tsv.gz", 10475, [5248, 5227]],
  ["qnli", "dev", "QNLI/dev.tsv.gz", 5463, [2761, 2702]],
  ["qnli", "test", "QNLI/test.tsv.gz", 5463, null],
  ["qqp", "train", "QQP/train_subset.tsv.gz", 23497, [14750, 8747]],
  ["qqp", "dev", "QQP/dev_subset.tsv.gz", 7600, [4871, 2729]],
  ["mnli", "train", "MNLI/train_subset.tsv.gz", 15891, [5235, 5323, 5333]],
  ["mnli", "train", "MNLI/train_subset_ptb.tsv.gz", 20000, [6645, 6646, 6709]],
  ["mnli", "dev_matched", "MNLI/dev_matched.tsv.gz", 9815, [3213, 3123, 3479]],
  ["mnli", "dev_mismatched", "MNLI/dev_mismatched.tsv.gz", 9832, [3240, 3129, 3463]],
  ["mnli", "test_matched", "MNLI/test_matched.tsv.gz", 9796, null],
  ["mnli", "test_mismatched", "MNLI/test_mismatched.tsv.gz", 9847, null],
  ["snli", "train", "SNLI/train_subset.tsv.gz", 19999, [6771, 6562, 6666]],
  ["snli", "dev", "SNLI/dev.tsv.gz", 9842, [3278, 3235, 3329]],
  ["snli", "test", "SNLI/test.tsv.gz", 9824, [3237, 3219, 3368]],
  ["scitail", "train", "SciTail/train.tsv.gz", 23596, [14994, 8602]],
  ["scitail", "dev", "SciTail/dev.tsv", 1304, [647, 657]],
  ["scitail", "test", "SciTail/test.tsv", 2126, [1284, 842]],
];

for (const [task, split, name, rows, targets] of official) {
  Deno.test({
    name: `the layout of ${task} reads ${name}: ${rows} rows`,
    ignore: data.missing,
    async fn() {
      const text = await readText(`${data.path}/${name}`);
      const { layout } = sourceOf(task, split);
      const { examples, dropped } = parseExamples(text, layout, labels[task], { file: name });
      assertEquals([examples.length, dropped], [rows, []]);
      checkTargets(examples, targets);
      const texts = layout.hypothesis === undefined ? 0 : 1;
      assertEquals(examples.every(({ hypotheses }) => hypotheses.length === texts), true);
    },
  });
}

function checkTargets(examples: readonly Example[], expected: readonly number[] | number | null) {
  const targets = examples.map(({ targets }) => targets[0]);
  if (expected === null) {
    assertEquals(targets.every((target) => target === undefined), true);
  } else if (typeof expected === "number") {
    const mean = targets.reduce<number>((sum, target) => sum + target!, 0) / targets.length;
    assertAlmostEquals(mean, expected, 0.0005);
  } else {
    const counts = expected.map((_, label) => targets.filter((target) => target === label).length);
    assertEquals(counts, [...expected]);
  }
}

Deno.test({
  name: "every source finds its official file, and says which are parts",
  ignore: data.missing,
  async fn() {
    for (const [task, split, name] of official) {
      if (name.includes("_ptb")) continue; // another surface form, asked for by name only
      const file = await findFile(data.path, sourceOf(task, split).candidates);
      assertEquals([file.name, file.subset], [name, name.includes("_subset")]);
    }
  },
});

Deno.test({
  name: "every file of the project's sample is read by its layout",
  ignore: sample.missing,
  async fn() {
    const read: string[] = [];
    for (const [task, splits] of Object.entries(sources)) {
      for (const [split, source] of Object.entries(splits)) {
        const file = await findFile(sample.path, source.candidates).catch(() => undefined);
        if (!file) continue;
        const { examples } = await readExamples(sample.path, source, labels[task as TaskName]);
        assertEquals(examples.length > 0, true, `${task} ${split}`);
        read.push(file.name);
      }
    }
    assertEquals(read.length > 0, true, `no file under ${sample.path} has a known name`);
  },
});

Deno.test("labels and label words of every layout name the same things", () => {
  for (const [task, splits] of Object.entries(sources)) {
    for (const { layout } of Object.values(splits) as Source[]) {
      const known: readonly string[] = labels[task as TaskName];
      assertEquals(Object.values(layout.words ?? {}).every((word) => known.includes(word)), true);
    }
  }
});

interface File {
  readonly case: number;
  readonly task: string;
  readonly split: string;
  readonly labels_read: boolean;
  readonly header: string | null;
  readonly lines: readonly string[];
  readonly dropped_lines: readonly number[];
}
interface Row {
  readonly case: number;
  readonly line: number;
  readonly premise: string;
  readonly hypothesis?: string | readonly string[];
  readonly label: number;
  readonly ruid?: readonly string[];
}

/** Our examples of one of the reference's files, read as its program reads it. */
function readAsReference({ task, split, labels_read, header, lines }: File) {
  const ours = { sst: "sst2", qnnli: "qnli" }[task] ?? task;
  const known = split.replace(/^(mis)?matched_(.*)$/, "$2_$1matched");
  const { layout } = sourceOf(ours as TaskName, known);
  const text = [...header === null ? [] : [header], ...lines].join("\n");
  return parseExamples(
    text,
    task === "wnli" && labels_read ? wnliFaithful : layout,
    labels[ours as TaskName],
    { file: `${task} ${split}`, skipFirst: task === "cola" && labels_read },
  ).examples;
}

const recorded = reference.missing ? [] : readReference<File>("feature_files.jsonl");
const rowsByCase = Map.groupBy(
  reference.missing ? [] : readReference<Row>("features.jsonl"),
  (row) => row.case,
);

Deno.test({
  name: "parseExamples() reads what the reference program reads, and leaves out the same rows",
  ignore: reference.missing,
  fn() {
    for (const file of recorded.filter(({ task }) => task !== "qnnli")) {
      const examples = readAsReference(file);
      const theirs = rowsByCase.get(file.case)!;
      const kept = [...file.lines.keys()].filter((line) => !file.dropped_lines.includes(line));
      assertEquals(examples.map(({ row }) => row), kept, `case ${file.case}`);
      assertEquals(
        examples.map(({ row, premise, hypotheses, targets }) => ({
          line: row,
          premise,
          // The reference strips blanks off the whole line, so off a text in its last column; no
          // word piece comes of them.
          hypothesis: hypotheses[0]?.trimEnd(),
          ...file.labels_read ? { label: targets[0] } : {},
        })),
        theirs.map(({ line, premise, hypothesis, label }) => ({
          line,
          premise,
          hypothesis: (hypothesis as string | undefined)?.trimEnd(),
          ...file.labels_read ? { label } : {},
        })),
        `case ${file.case}, ${file.task} ${file.split}`,
      );
    }
  },
});

Deno.test({
  name: "rankingPairs() pairs what the reference program pairs, and drops the same rows",
  ignore: reference.missing,
  fn() {
    const files = recorded.filter(({ task }) => task === "qnnli");
    assertEquals(files.length, 3);
    for (const file of files) {
      const pairs = rankingPairs(readAsReference(file), createRandom(1), {
        pairing: "consecutive",
      });
      // The order within a pair is chance; the candidates, in either order, are not.
      const byId = (ids: readonly string[], texts: readonly string[], positive: number) =>
        ids.map((id, i) => [id, texts[i], i === positive] as const).toSorted();
      assertEquals(
        pairs.examples.map(({ premise, id, hypotheses, targets }) => [
          premise,
          byId(id.split(","), hypotheses, targets[0]!),
        ]),
        rowsByCase.get(file.case)!.map(({ premise, ruid, hypothesis, label }) => [
          premise,
          byId(ruid!, hypothesis as string[], label),
        ]),
      );
      assertEquals(
        pairs.dropped.reduce((sum, { count }) => sum + count, 0),
        file.dropped_lines.length,
      );
    }
  },
});
