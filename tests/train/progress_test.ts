import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Network } from "../../lib/model/network.ts";
import { presetOptions, presets } from "../../lib/presets.ts";
import type { Task } from "../../lib/train/task.ts";
import { tasks } from "../../lib/tasks.ts";
import { createParts, type Parts } from "../../lib/train/progress.ts";
import { createState, optimizers, type OptimizerState } from "../../lib/train/optimizers.ts";
import type { StepSettings } from "../../lib/train/step.ts";
import { leavingNothing } from "../tensorflow/support.ts";
import { toyNetwork, toyOptions, toyTask } from "./toy_training.ts";

/** Settings of a task's step. */
function settings(task: Task, head = task.head): StepSettings {
  const { weightDecay, precision } = toyOptions();
  const rest = { candidates: 1, dropout: 0, decayEverything: false };
  return { task, head, optimizer: optimizers.adamax, weightDecay, precision, ...rest };
}

const rte = settings(tasks.rte);
const cola = settings(tasks.cola);
const answered = settings(tasks.rte, tasks.rte.refineHead);

/** Lends the counts of a run of 10 steps at rate 1 over two heads. */
function withParts(
  preset: keyof typeof presets,
  use: (parts: Parts, network: Network, state: OptimizerState) => Promise<void>,
): Promise<void> {
  return leavingNothing(async () => {
    const network = toyNetwork([toyTask(tasks.rte), toyTask(tasks.cola)]);
    const state = createState(network, optimizers.adamax);
    const options = toyOptions({ learningRate: 1, ...presetOptions(presets[preset]).training });
    const parts = createParts(network, state, options, 10);
    await use(parts, network, state);
    parts.dispose();
    Object.values(state).flat().forEach((variable) => variable.dispose());
    network.dispose();
  });
}

/** Whether two lists of numbers are equal but for rounding. */
function assertClose(actual: readonly number[], expected: readonly number[]): void {
  assertEquals(actual.length, expected.length);
  actual.forEach((value, i) => assertAlmostEquals(value, expected[i]!, 1e-12));
}

Deno.test("all parts share the steps of the run", () =>
  withParts("fixed", async (parts) => {
    assertClose(parts.before(rte).rates, [0, 0, 0]);
    await parts.after(rte);
    assertClose(parts.before(cola).rates, [1, 1, 1]); // step 1 of 10: the top of the triangle
    await parts.after(cola);
    assertClose(parts.before(rte).rates, [8 / 9, 8 / 9, 8 / 9]);
  }));

Deno.test("a part's optimiser state is as old as its own updates", () =>
  withParts("fixed", async (parts) => {
    assertEquals(parts.before(rte).counts, [1, 1, 1]);
    await parts.after(rte);
    await parts.after(rte);
    assertEquals(parts.before(rte).counts, [3, 3, 3]);
    assertEquals(parts.before(cola).counts, [3, 3, 1]);
  }));

Deno.test("the answer head leaves the pooler alone", () =>
  withParts("fixed", async (parts) => {
    await parts.after(answered);
    assertEquals(parts.before(cola).counts, [2, 1, 1]);
  }));

Deno.test("faithful: each part counts its own steps, and the schedule jumps", () =>
  withParts("faithful", async (parts) => {
    await parts.after(answered);
    assertClose(parts.before(cola).rates, [0.9, 0, 0]); // 1 - 1/10, not 1
    await parts.after(cola);
    assertEquals(parts.before(rte).counts, [3, 2, 3]); // RTE's head went on while CoLA's was trained
  }));

Deno.test("faithful: a part that had a gradient once goes on moving, others don't", () =>
  withParts("faithful", async (parts, network, state) => {
    const [kernel, momentum] = ["heads/rte/output/kernel", "heads/cola/output/kernel"];
    const all = () => ({ ...network.values(kernel), ...network.values(momentum) });
    const before = all();
    state[kernel]![0]!.load(new Float32Array(64).fill(0.5)); // as a first gradient leaves it
    state[kernel]![1]!.load(new Float32Array(64).fill(1));
    await parts.after(rte);
    assertEquals(all(), before); // no part is idle yet
    await parts.after(cola); // RTE's head has one step behind it: rate 0.9
    const after = all();
    assertEquals(after[momentum], before[momentum]); // CoLA's own update is the step's, not the drift's
    const [from, to] = [before[kernel]!.values[0]!, after[kernel]!.values[0]!];
    // m = 0.9 x 0.5, u = max(0.999 x 1, 1e-6): p -= 0.9 (m / (u + 1e-6) + 0.01 p)
    assertAlmostEquals(to, from - 0.9 * (0.45 / 0.999001 + 0.01 * from), 1e-6);
  }));
