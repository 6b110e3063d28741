/**
 * What contenders in another language start from, as files in a folder:
 *
 * - `heads.safetensors`: start values of the heads by path ("heads/mnli/output/kernel", kernels
 *   [in, out]); its metadata's `tasks` tells each task's head, objective and dropout.
 * - `batches.safetensors`: step 7's "7/tokens", "7/sides", "7/mask" [s, t] and "7/targets" [b];
 *   its metadata's `steps` names the task of each step. Evaluation: its batches, in its order.
 * - `shuffled.safetensors`: the same for a mixture whose rows aren't sorted by length.
 * - `texts.jsonl`: for preprocessing, one file a line, as arrays of first and second texts.
 *
 * Our own contenders put their batches together while they are measured, as training does; others
 * get them ready-made, which favours them a little.
 *
 * @module
 */

import { join } from "node:path";
import { collate, planEvaluation } from "../../input/batches.ts";
import { loadTokenizer } from "../../input/tokenizer.ts";
import { bert } from "../../model/bert.ts";
import type { Head } from "../../model/heads.ts";
import { startOfHead } from "../../model/network.ts";
import type { Pretrained } from "../../model/pretrained.ts";
import { createRandom, split } from "../../base/random.ts";
import { encodeSafetensors, type StoredTensor } from "../../base/safetensors.ts";
import { outputsOf, type Task } from "../../train/task.ts";
import { taskNamed } from "../../tasks.ts";
import type { Batch } from "../../types.ts";
import { evaluationRows } from "./evaluation.ts";
import type { Measurement } from "./measurement.ts";
import { mixtureRows, plannedSteps } from "./mixture.ts";
import { examplesOf, presentSplits } from "./preprocessing.ts";
import { shapeBatch } from "./shape.ts";

type Tensors = Record<string, StoredTensor>;

/** A head that a measurement uses. */
interface UsedHead {
  readonly task: Task;
  readonly head: Head;
  readonly dropout: number;
}

/** A step's task and batch. */
type Step = readonly [task: string, batch: Batch];

/** Writes the files of one measurement; the folder need not exist. */
export async function writeInputs(measurement: Measurement, encoder: Pretrained): Promise<void> {
  const folder = measurement.inputs!;
  await Deno.mkdir(folder, { recursive: true });
  const save = (name: string, tensors: Tensors, key: string, value: unknown) =>
    Deno.writeFile(
      join(folder, `${name}.safetensors`),
      new Blob(encodeSafetensors(tensors, { [key]: JSON.stringify(value) })).stream(),
    );
  const saveSteps = (name: string, steps: readonly Step[]) =>
    save(name, stepTensors(steps), "steps", steps.map(([task]) => task));
  const saveHeads = (heads: readonly UsedHead[]) =>
    save("heads", headTensors(heads, encoder, measurement.seed), "tasks", describe(heads));
  if (measurement.kind === "preprocessing") {
    await writeTexts(join(folder, "texts.jsonl"), measurement.data);
  } else if (measurement.kind === "shape") {
    const task = taskNamed("mnli");
    await saveHeads([{ task, head: task.head, dropout: 0.1 }]);
    await saveSteps("batches", [["mnli", shapeBatch(measurement, encoder.config)]]);
  } else if (measurement.kind === "evaluation") {
    const task = taskNamed(measurement.task);
    const features = await evaluationRows(
      measurement,
      await loadTokenizer(encoder.tokenizerFile, bert.specials),
    );
    await saveHeads([{ task, head: task.head, dropout: task.dropout }]);
    const batches = planEvaluation(features).map((rows) => collate(features, rows));
    await saveSteps("batches", batches.map((batch): Step => [task.name, batch]));
  } else {
    const rows = await mixtureRows(
      measurement,
      await loadTokenizer(encoder.tokenizerFile, bert.specials),
    );
    const byName = new Map(rows.map(({ task, features }) => [task.name, features]));
    await saveHeads(
      rows.map(({ task }) => ({ task, head: task.refineHead, dropout: task.dropout })),
    );
    for (const [name, pool] of [["batches", undefined], ["shuffled", 1]] as const) {
      const planned = plannedSteps(rows, measurement, pool);
      const steps = planned.map(({ task, positions }): Step => [
        task,
        collate(byName.get(task)!, positions),
      ]);
      await saveSteps(name, steps);
    }
  }
}

function stepTensors(steps: readonly Step[]): Tensors {
  return Object.fromEntries(steps.flatMap(([, batch], i): [string, StoredTensor][] => {
    const shape = [batch.tokens.length / batch.length, batch.length];
    return [
      [`${i}/tokens`, { dtype: "I32", shape, values: Int32Array.from(batch.tokens) }],
      [`${i}/sides`, { dtype: "U8", shape, values: Uint8Array.from(batch.sides) }],
      [`${i}/mask`, { dtype: "U8", shape, values: Uint8Array.from(batch.mask) }],
      [`${i}/targets`, {
        dtype: "F32",
        shape: [batch.size],
        values: Float32Array.from(batch.targets),
      }],
    ];
  }));
}

/** The values that `Network.addHead` starts from, drawn from the same stream. */
function headTensors(heads: readonly UsedHead[], { config }: Pretrained, seed: number): Tensors {
  const tensors: Tensors = {};
  for (const { task, head } of heads) {
    const random = split(createRandom(seed), "heads");
    const made = startOfHead(task.headOf, head, config.width, outputsOf(task), random);
    for (const [name, { shape, values }] of Object.entries(made)) {
      tensors[name] = { dtype: "F32", shape, values: Float32Array.from(values) };
    }
  }
  return tensors;
}

function describe(heads: readonly UsedHead[]) {
  return Object.fromEntries(
    heads.map(({ task, head, dropout }) => [task.name, {
      head: head.name,
      objective: task.objective.name,
      dropout,
    }]),
  );
}

/** Texts in the order of the network's input: hypothesis first. */
async function writeTexts(file: string, data: string): Promise<void> {
  using out = await Deno.open(file, { create: true, write: true, truncate: true });
  const writer = out.writable.getWriter();
  for (const one of await presentSplits(data)) {
    const examples = await examplesOf(one, data);
    const pairs = examples.some(({ hypotheses }) => hypotheses.length > 0);
    const line = {
      texts: examples.map(({ premise, hypotheses }) => hypotheses[0] ?? premise),
      pairs: pairs ? examples.map(({ premise }) => premise) : null,
    };
    await writer.write(new TextEncoder().encode(JSON.stringify(line) + "\n"));
  }
  await writer.close();
}
