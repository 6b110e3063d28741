/**
 * The library's training step, run at once or compiled behind one signature.
 *
 * @module
 */

import type { Network } from "../../model/network.ts";
import { createRandom } from "../../base/random.ts";
import { type Tensor, tf } from "../../tensorflow/backend.ts";
import { shardSeeds, stepInputs } from "../../train/inputs.ts";
import type { OptimizerState } from "../../train/optimizers.ts";
import {
  compileStep,
  type StepOutputs,
  type StepSettings,
  trainingStep,
} from "../../train/step.ts";
import type { Batch } from "../../types.ts";
import type { Way } from "./ways.ts";

type Three = readonly [number, number, number];

/** Nothing is drawn where nothing is dropped. */
const still = createRandom(0);

/** A step that can be taken. */
export interface RunnableStep {
  /** Takes it; gives loss and norm of the gradients before clipping. */
  run(batch: Batch, rates: Three, counts: Three): Promise<{ loss: number; norm: number }>;
  dispose(): void;
}

/** The step of one task, the given way. */
export function runStep(
  way: Way,
  network: Network,
  state: OptimizerState,
  settings: StepSettings,
): RunnableStep {
  const compiled = way === "compiled" ? compileStep(network, state, settings) : undefined;
  const eager = trainingStep(network, state, settings);
  return {
    run: async (batch, rates, counts) => {
      const inputs = stepInputs(batch, shardSeeds(still, 0), rates, counts);
      const outputs = compiled
        ? await compiled(inputs)
        : tf.tidy(() => eager(inputs) as unknown as Record<string, Tensor>) as StepOutputs;
      const [loss, norm] = [outputs.loss.dataSync()[0]!, outputs.norm.dataSync()[0]!];
      for (const tensor of [...Object.values(inputs), outputs.loss, outputs.norm]) tensor.dispose();
      return { loss, norm };
    },
    dispose: () => compiled?.dispose(),
  };
}
