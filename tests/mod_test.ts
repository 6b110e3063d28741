import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as mtdnn from "../lib/mod.ts";
import { inFolder } from "./model/small.ts";
import { writeToyEncoder } from "./support/toy.ts";
import { leavingNothing } from "./tensorflow/support.ts";

const colours = mtdnn.defineTask({
  name: "colours",
  files: { train: "train.csv", dev: "dev.csv" },
  text: "text",
  label: "colour",
  labels: ["blue, or so", "red"],
});

/** Writes an encoder and rows whose last word tells the label; quotes hold commas and line ends. */
async function prepare(folder: string): Promise<string> {
  await writeToyEncoder(`${folder}/toy`);
  const rows = (count: number) =>
    [
      "text,colour",
      "",
      ...Array.from({ length: count }, (_, i) => {
        const red = i % 2 === 0;
        return `"The ${i % 3 === 0 ? "cat\nand the dog" : "dog"} was ${
          red ? "surely" : "never"
        }",` +
          (red ? "red" : '"blue, or so"');
      }),
    ].join("\n");
  await Deno.writeTextFile(`${folder}/train.csv`, rows(64));
  await Deno.writeTextFile(`${folder}/dev.csv`, rows(12));
  return `${folder}/toy`;
}

/** Learns the toy rows in a few steps. */
const quickly = { epochs: 6, batchSize: 16, learningRate: 1e-2 };

Deno.test("a model learns one's own rows, scores and predicts, and is the same when loaded", () =>
  inFolder((folder) =>
    leavingNothing(async () => {
      const encoder = await mtdnn.loadEncoder(await prepare(folder));
      const options = { data: folder, maxLength: 32 };
      const { train, dev } = await mtdnn.readFeatures(colours, encoder, options);
      assertEquals([train!.rows.length, dev!.rows.length], [64, 12]);
      using model = await mtdnn.createModel(encoder, [colours, mtdnn.tasks.stsb]);
      const losses: (number | null)[] = [];
      for await (const { loss } of mtdnn.train(model, { colours: train! }, quickly)) {
        losses.push(loss);
      }
      assertEquals(losses.length, 24);
      const { scores } = await mtdnn.evaluate(model, colours, dev!);
      assertEquals(scores, { accuracy: 100, macroF1: 100 });
      const texts = ["The cat was surely", "The cat was never"];
      const predicted = await mtdnn.predict(model, colours, texts, { maxLength: 32 });
      assertEquals(predicted.map(({ prediction }) => prediction), ["red", "blue, or so"]);
      assertEquals(Object.keys(predicted[0]!), ["prediction", "p(blue, or so)", "p(red)"]);

      await mtdnn.saveModel(model, `${folder}/saved`);
      using again = await mtdnn.loadModel(`${folder}/saved`, [colours]);
      assertEquals(await mtdnn.predict(again, colours, texts, { maxLength: 32 }), predicted);
      const other = { ...colours, labels: ["red", "blue, or so"] };
      await assertRejects(
        () => mtdnn.loadModel(`${folder}/saved`, [other]),
        Error,
        'has another head for task "colours"',
      );
      await assertRejects(
        () => mtdnn.loadModel(`${folder}/saved`, [mtdnn.tasks.rte]),
        Error,
        'has no head for task "rte": it has colours,stsb.',
      );
    })
  ));

Deno.test("texts of two sides, numbers and several labels go the same way", () =>
  inFolder((folder) =>
    leavingNothing(async () => {
      const encoder = await mtdnn.loadEncoder(await prepare(folder));
      const several = mtdnn.defineTask({
        ...{ name: "topics", files: { train: "t.tsv", dev: "d.tsv" }, text: "a", label: "b" },
        ...{ labels: ["x", "y", "z"], separator: ";" },
      });
      using model = await mtdnn.createModel(encoder, [mtdnn.tasks.rte, mtdnn.tasks.stsb, several]);
      const pair = ["The cat was red.", "The dog was blue."] as const;
      const [label] = await mtdnn.predict(model, mtdnn.tasks.rte, [pair]);
      assert(mtdnn.tasks.rte.labels.includes(String(label!.prediction)));
      const [score] = await mtdnn.predict(model, mtdnn.tasks.stsb, [pair]);
      assertEquals([typeof score!.prediction, Object.keys(score!)], ["number", ["prediction"]]);
      const [labels] = await mtdnn.predict(model, several, ["The cat."]);
      assertEquals(Object.keys(labels!).slice(1), ["p(x)", "p(y)", "p(z)"]);
      assertEquals(await mtdnn.predict(model, several, []), []);
    })
  ));

Deno.test("leaving the loop of steps stops training, and so does a signal", () =>
  inFolder((folder) =>
    leavingNothing(async () => {
      const encoder = await mtdnn.loadEncoder(await prepare(folder));
      const { train } = await mtdnn.readFeatures(colours, encoder, { data: folder, maxLength: 32 });
      using model = await mtdnn.createModel(encoder, [colours]);
      let steps = 0;
      for await (const _ of mtdnn.train(model, { colours: train! }, quickly)) {
        if (++steps === 2) break;
      }
      assertEquals(steps, 2);
      const signal = AbortSignal.abort(new Error("enough"));
      const stopped = mtdnn.train(model, { colours: train! }, { ...quickly, signal });
      await assertRejects(() => stopped.next(), Error, "enough");
      const unknown = mtdnn.train(model, { other: train! }, quickly);
      await assertRejects(() => unknown.next(), Error, 'no head for task "other": it has colours');
    })
  ));

Deno.test("a task that can't be, and a folder without its files, end in one sentence", async () => {
  const parts = { name: "t", files: { dev: "d.csv" }, text: "a", label: "b" } as const;
  assertThrows(
    () => mtdnn.defineTask({ ...parts, labels: ["yes"] }),
    Error,
    'Task "t" can\'t be used: labels has "yes" alone',
  );
  assertThrows(
    () => mtdnn.defineTask({ ...parts, labels: ["a", "b"], head: mtdnn.heads.regress }),
    Error,
    "head is regress, which decides a number, but there are 2 labels",
  );
  await inFolder(async (folder) => {
    const encoder = await mtdnn.loadEncoder(await prepare(folder));
    await Deno.mkdir(`${folder}/empty`);
    await assertRejects(
      () => mtdnn.readFeatures(colours, encoder, { data: `${folder}/empty` }),
      Error,
      `"${folder}/empty" has none of train.csv, dev.csv`,
    );
    await Deno.writeTextFile(
      `${folder}/empty/train.csv`,
      'text,colour\n"two\nlines",red\nx,green\n',
    );
    await assertRejects(
      () => mtdnn.readFeatures(colours, encoder, { data: `${folder}/empty` }),
      Error,
      'train.csv": line 4 has the label "green"',
    );
  });
});

Deno.test("texts and rows that a task doesn't have are refused, not decided somehow", () =>
  inFolder((folder) =>
    leavingNothing(async () => {
      const encoder = await mtdnn.loadEncoder(await prepare(folder));
      const { rte, stsb, qnli_rank } = mtdnn.tasks;
      using model = await mtdnn.createModel(encoder, [colours, rte, qnli_rank]);
      const refused = (run: () => Promise<unknown>, why: string) => assertRejects(run, Error, why);
      const predict = (task: mtdnn.Task, text: mtdnn.Text) => () =>
        mtdnn.predict(model, task, [text], { maxLength: 32 });
      await refused(predict(colours, ["a", "b"]), "it has a second text, expected a single text");
      await refused(predict(rte, "a"), "it has one text, expected [premise, hypothesis]");
      await refused(predict(rte, ["a", ["b", "c"]]), "have 2 candidates each, expected 1");
      await refused(predict(qnli_rank, ["a", "b"]), "have 1 candidates each, expected 2");
      const options = { data: "data/sample", maxLength: 32 };
      const scores = (await mtdnn.readFeatures(stsb, encoder, options)).dev!;
      await refused(() => mtdnn.evaluate(model, rte, scores), 'which task "rte" has not');
      const training = mtdnn.train(model, { rte: scores }, quickly);
      await refused(() => training.next(), "among its 2 labels");
      const own = (await mtdnn.readFeatures(colours, encoder, { data: folder, maxLength: 32 }))
        .dev!;
      const odd = { ...quickly, optimizer: "adam" } as unknown as { epochs: number };
      const unknown = mtdnn.train(model, { colours: own }, odd);
      await refused(() => unknown.next(), 'optimizer "adam": expected one of adamax');
      await refused(() => mtdnn.loadModel(`${folder}/toy`, [colours]), "it has no heads");
      const turned = { ...colours, labels: colours.labels.toReversed() };
      await refused(predict(turned, "a"), 'The model\'s task "colours" has labels ["blue, or so"');
      const fast = mtdnn.train(model, { colours: own }, { ...quickly, warmUp: 5 });
      await refused(() => fast.next(), "Cannot train with warmUp 5: expected 0 to 1.");
      await refused(() => mtdnn.saveModel(model, folder), 'it holds other files, as "dev.csv"');
      await refused(() => mtdnn.saveModel(model, `${folder}/dev.csv`), "expected a folder");
    })
  ));
