import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { experiments } from "../../lib/recipes.ts";
import { selectRows } from "../../lib/input/features.ts";
import { macroF1, microF1 } from "../../lib/metrics/metrics.ts";
import { loadCheckpoint } from "../../lib/model/checkpoint.ts";
import { answer, classifySeveral } from "../../lib/model/heads.ts";
import { binaryCrossEntropyObjective } from "../../lib/model/objectives.ts";
import type { Prepared } from "../../lib/run/dataset.ts";
import { type Preset, presetOptions, presets, presetWith } from "../../lib/presets.ts";
import { openRunFolder } from "../../lib/run/folder.ts";
import { performRun, type RunOutcome, type StartingValues } from "../../lib/run/perform.ts";
import type { RunPlan, RunTask } from "../../lib/run/plan.ts";
import type { SavingPolicy } from "../../lib/run/checkpoints.ts";
import { readPredictions } from "../../lib/run/artifacts.ts";
import { checkTask, type Task } from "../../lib/train/task.ts";
import { tasks } from "../../lib/tasks.ts";
import type { TrainingOptions } from "../../lib/train/options.ts";
import type { Features, Step } from "../../lib/types.ts";
import { inFolder } from "../model/small.ts";
import { leavingNothing } from "../tensorflow/support.ts";
import { snapshot } from "../support/toy_world.ts";
import { score, toyNetwork, toyTask } from "../train/toy_training.ts";
import {
  toyConfig,
  toyFeatures,
  toyFeaturesOfSeveral,
  toyMoods,
  toyMoodsLayout,
  toyPairs,
  toyTokenizer,
  toyValues,
} from "../support/toy.ts";

/** Features as preparing gives them. */
function prepared(features: Features): Prepared {
  const rest = { subset: false, dropped: [], empty: 0, truncated: 0, fromCache: false };
  return { features, file: "toy.tsv", digest: "toy", ...rest, problem: undefined };
}

/** A task of a run with its rows; `scored` are the splits. */
function runTask(
  task: Task,
  train: Features,
  scored: readonly (readonly [Task, string, Features])[],
): RunTask {
  const evaluated = scored.map(([task, split, features]) => ({
    ...{ task, split, prepared: prepared(features) },
  }));
  return { task, head: task.head, train: prepared(train), features: train, evaluated };
}

const rte = runTask(tasks.rte, toyFeatures(24), [[tasks.rte, "dev", toyFeatures(10, 2, 2)]]);

const cola = runTask(tasks.cola, toyFeatures(24), [[tasks.cola, "dev", toyFeatures(10, 2, 3)]]);

/** A finetuning run of 2 epochs of 3 steps. */
function plan(
  changes: Partial<RunPlan> = {},
  training: Partial<TrainingOptions> = {},
  preset: Preset = presets.fixed,
): RunPlan {
  const { starting, scoring, training: changed } = presetOptions(preset);
  return {
    ...{ name: "toy", identity: "toy", configuration: {}, stage: "finetune", size: "sample" },
    ...{ start: { from: "plain", folder: "toy", hash: "toy" }, encoderName: "toy", seed: 1 },
    ...{ config: toyConfig, tasks: [rte], preset: preset.name, starting, scoring },
    keepWeights: changes.stage === "refine",
    training: {
      ...experiments.sample.finetune.recipe,
      ...changed,
      ...{ epochs: 2, batchSize: 8, learningRate: 1e-2, seed: 1, precision: "float32" },
      ...training,
    },
    ...changes,
  };
}

/** The values that runs start from. */
const toyStart = () => Promise.resolve(toyValues());

/** What a run tells, in its order. */
type Told = { steps: Step[]; order: string[] };

/** Performs a run and lends its finished folder. */
function performed(
  plan: RunPlan,
  use: (folder: string, outcome: RunOutcome, told: Told) => unknown,
  values: StartingValues = toyStart,
): Promise<void> {
  return inFolder((results) =>
    leavingNothing(async () => {
      const told: Told = { steps: [], order: [] };
      const folder = await openRunFolder(results, "toy", "toy");
      const reporter = {
        started: (total: number) => told.order.push(`${total} steps`),
        step: (step: Step) => {
          told.steps.push(step);
          told.order.push(String(step.step));
        },
        message: (text: string) => told.order.push(text),
      };
      const outcome = await performRun(plan, values, folder, { reporter });
      await use(await folder.finish(), outcome, told);
    })
  );
}

const read = Deno.readTextFile;
const lines = async (file: string) => (await read(file)).trimEnd().split("\n");

Deno.test("an epoch is scored after its last step, before the next one's first", () =>
  performed(plan(), (_, { steps }, { order }) => {
    assertEquals(steps, 6);
    assertEquals(order, [
      ...["6 steps", "0", "1", "2", "scoring epoch 1", "3", "4", "5", "scoring epoch 2"],
    ]);
  }));

Deno.test("a run that is cut short is scored where it ends", () =>
  performed(plan({}, { maxSteps: 4 }), (_, { steps }, { order }) => {
    assertEquals(steps, 4);
    assertEquals(order, ["4 steps", "0", "1", "2", "scoring epoch 1", "3", "scoring epoch 2"]);
  }));

Deno.test("every step is logged, and the log is what the steps were", () =>
  performed(plan(), async (folder, _, { steps }) => {
    const logged = (await lines(`${folder}/log.jsonl`)).map((line) => JSON.parse(line));
    const seconds = (step: Step) => ({ ...step, seconds: Math.round(1000 * step.seconds) / 1000 });
    assertEquals(logged, steps.map(seconds));
  }));

Deno.test("scores and predictions are written, labels by name", () =>
  performed(plan(), async (folder, { summaries }) => {
    const [summary] = summaries;
    const scores = JSON.parse(await read(`${folder}/scores.json`));
    assertEquals(scores, { "rte/dev": summary!.scores });
    const [header, ...rows] = await lines(`${folder}/predictions-dev.tsv`);
    assertEquals(header, "id\ttarget\tprediction\tp(not_entailment)\tp(entailment)");
    const cells = rows.map((row) => row.split("\t"));
    assertEquals(cells.map(([id]) => id), Array.from({ length: 10 }, (_, i) => `row ${i}`));
    assertEquals(cells.map(([, target]) => target), rows.map((_, i) => tasks.rte.labels[i % 2]));
    const right = cells.filter(([, target, prediction]) => target === prediction).length;
    assertEquals(scores["rte/dev"].accuracy, 10 * right);
    for (const [, , prediction, no, yes] of cells) {
      assertEquals(prediction, Number(yes) > Number(no) ? "entailment" : "not_entailment");
    }
  }));

Deno.test("a summary says what was run", () =>
  performed(plan({ seed: 7 }, { maxSteps: 2 }), (_, { summaries, bestEpoch, tooLong }) => {
    const [{ scores: _scores, ...summary }] = summaries as [RunOutcome["summaries"][number]];
    assertEquals(summary, {
      ...{
        experiment: "finetune",
        encoder: "plain",
        encoderName: "toy",
        task: "rte",
        split: "dev",
      },
      ...{ seed: 7, rows: { train: 24, dev: 10 }, steps: 2, precision: "float32" },
      ...{ preset: "fixed", size: "sample", head: "classify" },
    });
    assertEquals([bestEpoch, tooLong], [0, { rte: 0 }]);
  }));

Deno.test("the reference program's defects and bfloat16 can be run, and the summary says so", () => {
  const faithful = plan({}, { precision: "bfloat16", maxSteps: 2 }, presets.faithful);
  return performed(faithful, (_, { summaries: [summary] }) => {
    assertEquals([summary!.preset, summary!.precision], ["faithful", "bfloat16"]);
  });
});

Deno.test("the MNLI model is scored on the diagnostics too, in a file of their own", () => {
  const entry = runTask(tasks.mnli, toyFeatures(24, 3), [
    [tasks.mnli, "dev_matched", toyFeatures(6, 3, 2)],
    [tasks.mnli, "dev_mismatched", toyFeatures(6, 3, 3)],
    [tasks.ax, "test_labelled", toyFeatures(9, 3, 4)],
  ]);
  return performed(
    plan({ tasks: [entry], size: "small" }, { maxSteps: 2 }),
    async (folder, outcome) => {
      const found = outcome.summaries.map(({ task, split, scores, rows }) => [
        ...[task, split, Object.keys(scores).join(), rows.dev, rows.trainOfficial],
      ]);
      assertEquals(found, [
        ["mnli", "dev_matched", "accuracy", 6, 392702],
        ["mnli", "dev_mismatched", "accuracy", 6, 392702],
        ["ax", "test_labelled", "matthews", 9, 392702],
      ]);
      const names = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
      assertEquals(names, [
        "log.jsonl",
        "predictions-ax-test_labelled.tsv",
        "predictions-dev_matched.tsv",
        "predictions-dev_mismatched.tsv",
        "scores.json",
      ]);
      assertEquals((await lines(`${folder}/predictions-ax-test_labelled.tsv`)).length, 10);
    },
  );
});

Deno.test("ranking predicts the candidate, and scores predict numbers", async () => {
  const ranked = runTask(tasks.qnli_rank, toyPairs(16), [[tasks.qnli_rank, "dev", toyPairs(5, 2)]]);
  await performed(plan({ tasks: [ranked] }, { maxSteps: 2 }), async (folder) => {
    const [header, ...rows] = await lines(`${folder}/predictions-dev.tsv`);
    assertEquals(header, "id\ttarget\tprediction\tp(candidate 0)\tp(candidate 1)");
    for (const row of rows) assertMatch(row, /^pair \d\t[01]\t[01]\t0\.\d{6}\t0\.\d{6}$/);
    assertEquals(rows.length, 5);
  });
  const stsb = runTask(tasks.stsb, toyFeatures(16, 3), [[tasks.stsb, "dev", toyFeatures(5, 3, 2)]]);
  await performed(plan({ tasks: [stsb] }, { maxSteps: 2 }), async (folder) => {
    const [header, ...rows] = await lines(`${folder}/predictions-dev.tsv`);
    assertEquals(header, "id\ttarget\tprediction");
    for (const row of rows) assertMatch(row, /^row \d\t[012]\t-?\d+\.\d+$/);
  });
});

/** A task with any number of labels a row. */
const moods: Task = {
  ...{ name: "moods", title: "Moods", headOf: "moods", labels: toyMoods, official: {} },
  ...{ head: classifySeveral, refineHead: classifySeveral, dropout: 0.1, evaluated: ["dev"] },
  splits: {
    train: { candidates: ["train.tsv"], layout: toyMoodsLayout },
    dev: { candidates: ["dev.tsv"], layout: toyMoodsLayout },
  },
  objective: binaryCrossEntropyObjective,
  metrics: [microF1, macroF1],
};

Deno.test("any number of labels is learned, predicted and read again", async () => {
  checkTask(moods);
  const dev = toyFeaturesOfSeveral(40, 2);
  const entry = runTask(moods, toyFeaturesOfSeveral(128), [[moods, "dev", dev]]);
  const options = plan({ tasks: [entry] }, { epochs: 12, batchSize: 16 });
  await performed(options, async (folder, { summaries: [summary] }) => {
    const rows = await readPredictions(folder, "predictions-dev.tsv");
    assertEquals(rows.map(({ id }) => id), [...dev.ids]);
    assertEquals(Object.keys(rows[0]!.probabilities), toyMoods);
    // what the file says is what was scored
    const parse = (text: string) => moods.head.parse(text, moods.labels);
    const predictions = rows.flatMap(({ prediction }) => parse(prediction));
    const targets = rows.flatMap(({ target }) => parse(target));
    assertEquals(targets, [...dev.targets]);
    assert(rows.some(({ target }) => target === "(none)"));
    const score = microF1.compute(predictions, targets, toyMoods.length);
    assertEquals(summary!.scores.microF1, score);
    assertEquals(summary!.head, "several");
    const always = microF1.compute(targets.map(() => 1), targets, toyMoods.length)!;
    assert(score! > always + 20, `micro F1 ${score}, saying always all gives ${always}`);
  });
});

Deno.test("refining saves the network of the best epoch, and its scores are that network's", () => {
  const options = plan({ stage: "refine", tasks: [rte, cola] }, { epochs: 3 });
  return performed(options, async (folder, { summaries, bestEpoch, steps }) => {
    const { parameters, state } = await loadCheckpoint(`${folder}/checkpoint`);
    assertEquals(state, { epoch: bestEpoch, steps, encoder: "toy" });
    assertEquals(summaries.map(({ task, encoder }) => [task, encoder]), [
      ["rte", "refined"],
      ["cola", "refined"],
    ]);
    const network = toyNetwork([toyTask(tasks.rte), toyTask(tasks.cola)]);
    network.load(parameters);
    for (const [i, { task, head, features, evaluated }] of options.tasks.entries()) {
      const dev = evaluated[0]!.prepared.features;
      assertEquals(await score(network, { task, head, features }, dev), summaries[i]!.scores);
    }
    network.dispose();
    assertEquals((await lines(`${folder}/predictions-cola-dev.tsv`)).length, 11);
  });
});

Deno.test("of epochs that are equal the first is kept", () =>
  // at rate 0 nothing is learned
  performed(plan({}, { learningRate: 0, epochs: 3 }), (_, { bestEpoch }) => {
    assertEquals(bestEpoch, 0);
  }));

Deno.test("an epoch whose metric is undefined never wins, not even over a negative one", async () => {
  // without a pooler all rows look the same until the second step (the first has rate 0), and
  // constant predictions have no correlation; then it is negative for one of the two signs
  const kernel = { shape: [32, 32], values: new Float32Array(32 * 32) };
  const values = () => Promise.resolve({ ...toyValues(), "encoder/pooler/kernel": kernel });
  const dev = toyFeatures(10, 3, 2);
  for (const sign of [1, -1]) {
    const features = { ...dev, targets: dev.targets.map((target) => sign * target) };
    const stsb = runTask(tasks.stsb, toyFeatures(24, 3), [[tasks.stsb, "dev", features]]);
    await performed(plan({ tasks: [stsb] }, { batchSize: 24 }), (_, outcome) => {
      assertEquals([outcome.steps, outcome.bestEpoch], [2, 1]);
      assert(outcome.summaries[0]!.scores.pearson !== null);
    }, values);
  }
});

Deno.test("a metric that is undefined is written as null", () => {
  const one = selectRows(toyFeatures(1, 3), Array(6).fill(0));
  const features = { ...one, targets: Float32Array.of(0, 1, 2, 3, 4, 5) };
  const stsb = runTask(tasks.stsb, toyFeatures(24, 3), [[tasks.stsb, "dev", features]]);
  return performed(plan({ tasks: [stsb] }, { maxSteps: 2 }), async (folder) => {
    const scores = JSON.parse(await read(`${folder}/scores.json`));
    assertEquals(scores, { "stsb/dev": { pearson: null, spearman: null } });
  });
});

/** What a run that must fail says; nothing of TensorFlow's is left behind. */
async function failure(plan: RunPlan, signal?: AbortSignal): Promise<string> {
  let message = "";
  await inFolder((results) =>
    leavingNothing(async () => {
      const folder = await openRunFolder(results, "toy", "toy");
      const silent = { started: () => {}, step: () => {}, message: () => {} };
      const run = () => performRun(plan, toyStart, folder, { reporter: silent, signal });
      ({ message } = await assertRejects(run, Error));
      await folder.leave();
      assertEquals(await Array.fromAsync(Deno.readDir(results)), []);
    })
  );
  return message;
}

Deno.test("a run that fails frees what it made", async () => {
  assertMatch(await failure(plan({}, { learningRate: 1e30 })), /^Training stopped at step \d: /);
  assertMatch(await failure(plan({}, { maxLength: 4 })), /^Cannot train: /);
  assertMatch(await failure(plan({ tasks: [rte, rte] })), /has a head "rte" already/);
  assertMatch(await failure(plan(), AbortSignal.abort(new Error("enough"))), /^enough$/);
});

Deno.test("a last step that breaks the network is noticed before anything is written", async () => {
  assert(await failure(plan({}, { maxSteps: 2, learningRate: 1e30 })) !== "");
});

/** Performs a run, stopped after each of the steps in `stops` and taken up again. */
function stopped(
  plan: RunPlan,
  stops: readonly number[],
  use: (folder: string, outcome: RunOutcome) => unknown,
  saving?: SavingPolicy,
): Promise<void> {
  return inFolder((results) =>
    leavingNothing(async () => {
      for (const stop of [...stops, Infinity]) {
        const controller = new AbortController();
        const step = ({ step }: Step) => {
          if (step + 1 === stop) controller.abort(new Error("enough"));
        };
        const reporter = { started: () => {}, step, message: () => {} };
        const folder = await openRunFolder(results, "toy", "toy");
        const control = { reporter, signal: controller.signal, ...(saving && { saving }) };
        if (stop === Infinity) {
          const outcome = await performRun(plan, toyStart, folder, control);
          await use(await folder.finish(), outcome);
        } else {
          await assertRejects(() => performRun(plan, toyStart, folder, control), Error, "enough");
          await folder.leave();
        }
      }
    })
  );
}

/** Everything a finished run leaves, times apart. */
async function left(folder: string): Promise<Record<string, string>> {
  const found = await snapshot(folder);
  const log = found["log.jsonl"]!.replaceAll(/"seconds":[\d.]+/g, "");
  return { ...found, "log.jsonl": log };
}

for (const preset of Object.values(presets)) {
  Deno.test(`a run that is stopped and goes on leaves the same bits (${preset.name})`, async () => {
    // two tasks: heads of different age, and under "faithful" idle ones that drift
    const options = plan({ stage: "refine", tasks: [rte, cola] }, { epochs: 2 }, preset);
    let whole: Record<string, string> = {};
    let expected: RunOutcome["summaries"] = [];
    await performed(options, async (folder, { summaries }) => {
      whole = await left(folder);
      expected = summaries;
    });
    assertEquals(Object.keys(whole).filter((name) => name.endsWith(".safetensors")).length, 1);
    // in the middle of an epoch, at its end (before it is scored), and after the last step
    await stopped(options, [1, 4, 6, 7, 12], async (folder, { summaries, resumed }) => {
      assertEquals(resumed, [1, 4, 6, 7, 12]);
      assertEquals(summaries, expected);
      assertEquals(await left(folder), whole);
    });
  });
}

Deno.test("a run saves as often as it is told, and keeps the last two checkpoints", () =>
  inFolder(async (results) => {
    const folder = await openRunFolder(results, "toy", "toy");
    const names: string[][] = [];
    const checkpoints = `${folder.path}/checkpoints`;
    const reporter = {
      ...{ started: () => {}, message: () => {} },
      step: ({ step }: Step) => {
        if (step === 5) names.push(Array.from(Deno.readDirSync(checkpoints), ({ name }) => name));
      },
    };
    await performRun(plan(), toyStart, folder, { reporter, saving: { steps: 1 } });
    assertEquals(names.map((each) => each.sort()), [["step-000000004", "step-000000005"]]);
    const finished = await folder.finish();
    assertEquals((await lines(`${finished}/log.jsonl`)).length, 6);
    assertEquals(Object.keys(await snapshot(finished)).filter((name) => /check/.test(name)), []);
  }));

Deno.test("a step that is not finite ends the run and names the last checkpoint", async () => {
  const wild = plan({}, { learningRate: 1e30 });
  await inFolder((results) =>
    leavingNothing(async () => {
      const folder = await openRunFolder(results, "toy", "toy");
      const reporter = { started: () => {}, step: () => {}, message: () => {} };
      const run = () => performRun(wild, toyStart, folder, { reporter, saving: { steps: 1 } });
      const { message } = await assertRejects(run, Error);
      assertMatch(
        message,
        /^Training stopped at step \d.*rows row .*The last checkpoint is ".*\/step-/,
      );
      await folder.leave();
      assertEquals((await openRunFolder(results, "toy", "toy")).resumed === null, false);
    })
  );
});

Deno.test("steps that are not finite can be skipped: they change nothing and are counted", () => {
  const features = toyFeatures(24, 3);
  const targets = features.targets.map((target, row) => row === 5 ? Infinity : target);
  const bad = { ...features, targets };
  const stsb = runTask(tasks.stsb, bad, [[tasks.stsb, "dev", toyFeatures(10, 3, 2)]]);
  return performed(
    plan({ tasks: [stsb] }, { nonFinite: "skip" }),
    async (folder, { skipped, summaries }, { steps }) => {
      assertEquals(skipped, 2); // once in each epoch
      const losses = steps.map(({ loss, gradientNorm }) => [loss === null, gradientNorm === null]);
      assertEquals(losses.filter(([loss, norm]) => loss && norm).length, 2);
      assertEquals(
        (await lines(`${folder}/log.jsonl`)).filter((line) => /"loss":null/.test(line)).length,
        2,
      );
      assert(summaries[0]!.scores.pearson !== null);
    },
  );
});

Deno.test("a run drops words where its recipe says so, specials where its preset does", async () => {
  const losses = async (
    changes: Partial<RunPlan>,
    training: Partial<TrainingOptions>,
    preset?: Preset,
  ) => {
    let found: unknown[] = [];
    await performed(
      plan(changes, { maxSteps: 3, ...training }, preset),
      (_, __, { steps }) => found = steps.map(({ loss }) => loss),
    );
    return found;
  };
  const { specials } = toyTokenizer;
  const { begin, end, unk } = specials;
  const masked = (...keep: number[]): Partial<RunPlan> => {
    const tokens = rte.features.tokens.map((id) => keep.includes(id) ? id : unk);
    return { tasks: [{ ...rte, features: { ...rte.features, tokens } }] };
  };
  const all = { wordDropout: 1, specials };
  assertEquals(await losses({}, all), await losses(masked(...begin, ...end), {}));
  const preset = presetWith(["wordDropoutHitsSpecials"]);
  assertEquals(await losses({}, all, preset), await losses(masked(), {}));
});

Deno.test("a run starts weight-normed layers as its preset says", async () => {
  const head = answer({ weightNorm: true });
  const first = async (preset?: Preset) => {
    let found: unknown;
    await performed(
      plan({ tasks: [{ ...rte, head }] }, { maxSteps: 1 }, preset),
      (_, __, { steps: [step] }) => found = step!.gradientNorm,
    );
    return found;
  };
  const preset = presetWith(["weightNormSkipsInitialisation"]);
  assert(await first() !== await first(preset));
});
