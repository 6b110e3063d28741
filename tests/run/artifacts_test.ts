import { assertEquals, assertRejects } from "@std/assert";
import { predictionsName, readLog, readPredictions } from "../../lib/run/artifacts.ts";
import { inFolder } from "../model/small.ts";

const line = (step: number) =>
  JSON.stringify({
    ...{ step, epoch: 0, task: "rte", loss: 0.5, gradientNorm: null, learningRate: 0 },
    ...{ rows: 8, tokens: 90, seconds: 0.1 },
  });

Deno.test("a prediction of an empty score at the end is a row as well", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/p.tsv`, "id\ttarget\tprediction\n1\t\t\n");
    const [row] = await readPredictions(folder, "p.tsv");
    assertEquals(row, { id: "1", target: "", prediction: "", probabilities: {} });
  }));

Deno.test("steps and predictions are read as they were written", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.jsonl`, `${line(0)}\n`);
    const steps = await readLog(folder);
    assertEquals(steps.map(({ step, task, loss }) => [step, task, loss]), [[0, "rte", 0.5]]);
    const name = predictionsName("rte", "dev", true);
    const text = "id\ttarget\tprediction\tp(no)\tp(yes)\n7\tno\tyes\t0.25\t0.75\n";
    await Deno.writeTextFile(`${folder}/${name}`, text);
    assertEquals(await readPredictions(folder, name), [
      { id: "7", target: "no", prediction: "yes", probabilities: { no: 0.25, yes: 0.75 } },
    ]);
  }));

Deno.test("what is missing or damaged is said with file and line", () =>
  inFolder(async (folder) => {
    await assertRejects(() => readLog(folder), Error, "log.jsonl");
    for (const second of ['{"step":1,', line(2), "", "null", line(1).replace("0.5", "1e999")]) {
      await Deno.writeTextFile(`${folder}/log.jsonl`, `${line(0)}\n${second}\n${line(1)}\n`);
      await assertRejects(() => readLog(folder), Error, "line 2 is not step 1; run it again");
    }
    await Deno.writeTextFile(`${folder}/p.tsv`, "id\ttarget\tprediction\tp(a)\n1\ta\tb\n");
    const expected = "line 2 has 3 columns, expected 4";
    await assertRejects(() => readPredictions(folder, "p.tsv"), Error, expected);
    const heads = "id\ttarget\tprediction\tp(a)";
    for (const share of ["", "x", "-0.1", "1.5", "NaN"]) {
      await Deno.writeTextFile(`${folder}/p.tsv`, `${heads}\n1\ta\tb\t${share}\n`);
      const refusal = `line 2 has the probability "${share}", expected one from 0 to 1`;
      await assertRejects(() => readPredictions(folder, "p.tsv"), Error, refusal);
    }
    for (const header of ["id\ttarget\tlabel", `${heads}\tp(a)`]) {
      await Deno.writeTextFile(`${folder}/p.tsv`, `${header}\n`);
      await assertRejects(
        () => readPredictions(folder, "p.tsv"),
        Error,
        "line 1 names other columns",
      );
    }
  }));
