import { assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { findSplit, hasSplit, type PrepareOptions, prepareSplit } from "../../lib/run/dataset.ts";
import { rowLengths } from "../../lib/input/batches.ts";
import { presetOptions, presets } from "../../lib/presets.ts";
import { tasks } from "../../lib/tasks.ts";
import { toyTokenizer, writeToyData } from "../support/toy.ts";

/** How the reference program reads. */
const { reading } = presetOptions(presets.faithful);

/** Runs `use` with a toy data folder and an empty cache of features. */
async function withData(use: (options: PrepareOptions) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const data = `${folder}/data`;
  const rest = { tokenizer: toyTokenizer, maxLength: 64 };
  try {
    await writeToyData(data, { train: 12, dev: 6 });
    await use({ data, cache: `${folder}/cache`, ...rest });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a split becomes features, and tells its file and what became of its rows", () =>
  withData(async (options) => {
    const { features, digest, ...rest } = await prepareSplit(tasks.snli, "train", options);
    assertEquals(features.rows.length, 11);
    assertEquals([...features.rows], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assertMatch(digest, /^[0-9a-f]{64}$/);
    assertEquals(rest, {
      file: "SNLI/train.tsv",
      subset: false,
      dropped: [{ reason: "no label", count: 1 }],
      empty: 0,
      truncated: 0,
      fromCache: false,
      problem: undefined,
    });
  }));

Deno.test("the second time features and notes come from the cache, the same", () =>
  withData(async (options) => {
    const first = await prepareSplit(tasks.snli, "train", options);
    const second = await prepareSplit(tasks.snli, "train", options);
    assertEquals([first.fromCache, second.fromCache], [false, true]);
    assertEquals({ ...second, fromCache: false }, first);
  }));

Deno.test("what changes features is prepared anew", () =>
  withData(async (options) => {
    await prepareSplit(tasks.cola, "train", options);
    const again = async (changes: Partial<PrepareOptions>) =>
      (await prepareSplit(tasks.cola, "train", { ...options, ...changes })).fromCache;
    assertEquals(await again({}), true);
    assertEquals(await again({ maxLength: 8 }), false);
    assertEquals(await again({ reading }), false);
    assertEquals(await again({ tokenizer: { ...toyTokenizer, hash: "another" } }), false);
    const specials = { ...toyTokenizer.specials, end: [] };
    assertEquals(await again({ tokenizer: { ...toyTokenizer, specials } }), false);
    const file = `${options.data}/CoLA/train.tsv`;
    await Deno.writeTextFile(file, await Deno.readTextFile(file) + "toy\t1\t\tthe cat\n");
    assertEquals(await again({}), false);
  }));

Deno.test("sequences longer than the maximum are cut and counted", () =>
  withData(async (options) => {
    const whole = await prepareSplit(tasks.rte, "dev", options);
    const { features, truncated } = await prepareSplit(tasks.rte, "dev", {
      ...options,
      maxLength: 8,
    });
    assertEquals([whole.truncated, truncated], [0, 6]);
    assertEquals(new Set(rowLengths(features)), new Set([8]));
  }));

Deno.test("faithful loses CoLA's first row in training and dev", () =>
  withData(async (options) => {
    for (const [split, rows] of [["train", 12], ["dev", 6]] as const) {
      const fixed = await prepareSplit(tasks.cola, split, options);
      const faithful = await prepareSplit(tasks.cola, split, {
        ...options,
        reading,
      });
      assertEquals(fixed.features.rows.length, rows);
      assertEquals([...faithful.features.rows], [...fixed.features.rows].slice(1));
    }
  }));

Deno.test("faithful reads WNLI's label as its hypothesis", () =>
  withData(async (options) => {
    const fixed = await prepareSplit(tasks.wnli, "dev", options);
    const { features } = await prepareSplit(tasks.wnli, "dev", { ...options, reading });
    assertEquals(features.targets, fixed.features.targets);
    // [CLS] label [SEP]: three pieces of segment 0, while a toy hypothesis has five or more
    assertEquals(new Set(features.boundaries), new Set([3]));
    assertNotEquals(new Set(fixed.features.boundaries), new Set([3]));
  }));

Deno.test("ranking pairs the sentences of each question", () =>
  withData(async (options) => {
    const { features, dropped } = await prepareSplit(tasks.qnli_rank, "train", options);
    assertEquals([features.candidates, features.rows.length, dropped], [2, 6, []]);
    assertEquals(features.ids.map((id) => id.split(",").sort().join()).sort(), [
      ...["0,1", "10,11", "2,3", "4,5", "6,7", "8,9"],
    ]);
    const again = await prepareSplit(tasks.qnli_rank, "train", {
      ...options,
      cache: `${options.cache}2`,
    });
    assertEquals(again.features, features); // the order of the candidates is no chance
  }));

/** Gives QNLI a test file of ten rows, two a question. */
async function writeRankingTest(data: string): Promise<void> {
  const lines = Array.from({ length: 10 }, (_, row) => `${row}\twhat is ${row >> 1}\tthe cat`);
  const text = ["index\tquestion\tsentence", ...lines].join("\n") + "\n";
  await Deno.writeTextFile(`${data}/QNLI/test.tsv`, text);
}

Deno.test("ranking's test rows are pairs of the test file, without targets", () =>
  withData(async (options) => {
    await writeRankingTest(options.data);
    const { features, file } = await prepareSplit(tasks.qnli_rank, "test", options);
    assertEquals(file, "QNLI/test.tsv");
    assertEquals([features.candidates, [...features.targets]], [2, Array(5).fill(NaN)]);
    assertEquals([...features.rows], [0, 2, 4, 6, 8]);
  }));

Deno.test("faithful reads ranking's test rows from the training file", () =>
  withData(async (options) => {
    await writeRankingTest(options.data);
    const test = await prepareSplit(tasks.qnli_rank, "test", { ...options, reading });
    const train = await prepareSplit(tasks.qnli_rank, "train", { ...options, reading });
    assertEquals(test.file, "QNLI/train.tsv");
    assertEquals(test.features, train.features);
    const plain = await prepareSplit(tasks.qnli, "test", { ...options, reading });
    assertEquals(plain.file, "QNLI/test.tsv"); // only ranking is wrong
    await Deno.remove(`${options.data}/QNLI/test.tsv`); // nor is it looked for
    await prepareSplit(tasks.qnli_rank, "test", {
      ...options,
      reading,
      cache: `${options.cache}2`,
    });
  }));

Deno.test("a part of an official file is told to be one", () =>
  withData(async (options) => {
    const folder = `${options.data}/RTE`;
    await Deno.rename(`${folder}/train.tsv`, `${folder}/train_subset.tsv`);
    const { subset, file } = await prepareSplit(tasks.rte, "train", options);
    assertEquals([subset, file], [true, "RTE/train_subset.tsv"]);
  }));

Deno.test("a cache that can't be written costs time, not the features", () =>
  withData(async (options) => {
    const cache = `${options.data}/RTE/dev.tsv/cache`; // below a plain file
    const { features, problem } = await prepareSplit(tasks.rte, "dev", { ...options, cache });
    assertEquals(features.rows.length, 6);
    assertMatch(problem ?? "", /^Cannot keep features in ".*RTE\/dev\.tsv\/cache/);
  }));

Deno.test("files are found, or it is said what is missing", () =>
  withData(async ({ data }) => {
    assertEquals((await findSplit(tasks.rte, "dev", data)).name, "RTE/dev.tsv");
    await assertRejects(
      () => findSplit(tasks.rte, "test", data),
      Error,
      `Cannot find "RTE/test.tsv" in "${data}"`,
    );
    await assertRejects(
      () => findSplit(tasks.rte, "dev", `${data}/nowhere`),
      Error,
      "Cannot find the data folder",
    );
    for (const split of ["dev_matched", "constructor"]) {
      await assertRejects(
        () => findSplit(tasks.rte, split, data),
        Error,
        `Task "rte" has no split "${split}": expected one of train, dev, test.`,
      );
    }
  }));

Deno.test("only a split with a file is there", () =>
  withData(async ({ data }) => {
    assertEquals(await hasSplit(tasks.ax, "test_labelled", data), true);
    assertEquals(await hasSplit(tasks.ax, "test", data), false);
    assertEquals(await hasSplit(tasks.ax, "train", data), false);
  }));

Deno.test("a bad row stops preparing with file and line", () =>
  withData(async (options) => {
    const file = `${options.data}/RTE/dev.tsv`;
    await Deno.writeTextFile(file, await Deno.readTextFile(file) + "6\tthe cat\tentailment\n");
    await assertRejects(
      () => prepareSplit(tasks.rte, "dev", options),
      Error,
      'Cannot read "RTE/dev.tsv": line 8 has 3 columns, expected 4',
    );
  }));

Deno.test("a file with a header only, or none of whose rows is left, is refused with the reason", () =>
  withData(async (options) => {
    const [rte, snli, qnli] = ["RTE", "SNLI", "QNLI"].map((task) =>
      `${options.data}/${task}/dev.tsv`
    );
    await Deno.writeTextFile(rte!, (await Deno.readTextFile(rte!)).split("\n")[0]! + "\n");
    const noRows = 'Cannot read "RTE/dev.tsv": it has no rows, expected at least one';
    await assertRejects(() => prepareSplit(tasks.rte, "dev", options), Error, noRows);

    await Deno.writeTextFile(
      snli!,
      "index\tsentence1\tsentence2\tgold_label\n0\ta\tb\t-\n1\ta\tc\t-\n",
    );
    const unlabelled =
      'Cannot use "SNLI/dev.tsv": none of its rows is left (2 left out: no label), ';
    for (let time = 0; time < 2; time++) { // the second time from the cache
      await assertRejects(() => prepareSplit(tasks.snli, "dev", options), Error, unlabelled);
    }
    await Deno.writeTextFile(qnli!, "index\tquestion\tsentence\tlabel\n0\ta\tb\tentailment\n");
    const unpaired = "(1 left out: question lacks one of the labels), expected some.";
    await assertRejects(() => prepareSplit(tasks.qnli_rank, "dev", options), Error, unpaired);
  }));
