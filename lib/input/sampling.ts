/**
 * Which task's which batch comes when: Algorithm 1 of the paper, the reference program's variants
 * of it, and sampling by size. Pure planning, without rows or tensors.
 *
 * @module
 */

import { type Random, split } from "../base/random.ts";

/** One step of an epoch: a task and the number of one of its batches. */
export interface Slot {
  readonly task: string;
  readonly batch: number;
}

/** How the tasks are mixed; n is a task's number of batches. */
export type Mixing =
  /** Algorithm 1: every batch of every task once, all shuffled. */
  | { readonly mode: "all" }
  /** First every batch of the extra tasks, shuffled, then every batch of the main task. */
  | { readonly mode: "mix"; readonly main: string }
  /**
   * Every batch of the main task and floor(ratio x its n) batches of the extra tasks, drawn
   * without replacement (all when there are fewer); shuffled, or the extras first.
   */
  | {
    readonly mode: "ratio";
    readonly main: string;
    readonly ratio: number;
    readonly order?: "shuffled" | "extras first";
  }
  /** Shares proportional to n^(1/temperature) (multilingual BERT; T5, arXiv 1910.10683). */
  | { readonly mode: "temperature"; readonly temperature: number; readonly steps?: number }
  /**
   * Shares proportional to n^a, a falling from 1 in the first epoch to `last` (0.2 when left out)
   * in the last one (annealed sampling: Stickland and Murray 2019, arXiv 1902.02671).
   */
  | { readonly mode: "annealed"; readonly last?: number; readonly steps?: number }
  /** At most `cap` batches of each task (the size limit of T5, arXiv 1910.10683, in batches). */
  | { readonly mode: "capped"; readonly cap: number }
  /** The same share for every task. */
  | { readonly mode: "uniform"; readonly steps?: number };

/** Options of {@linkcode planEpoch}. */
export interface EpochOptions {
  /** Stream of the whole run's mixture; it stays where it is. */
  readonly random: Random;
  /** Which epoch to plan, from 0. */
  readonly epoch: number;
  /** How many epochs the run has; only "annealed" asks. */
  readonly epochs?: number;
}

/**
 * The order of one epoch, from the number of batches of each task. Batches of a task come in an
 * order of their own, shuffled anew each epoch; where a task is drawn more often than it has
 * batches, a new shuffle of all of them follows. The plan depends on seed, epoch and numbers only,
 * so a resumed run plans the same epoch again.
 *
 * Shares become whole numbers by the largest remainder; with temperature 1 the result is that of
 * "all". `steps` is the length of the epoch where shares are used, the sum of all n when left out.
 *
 * Throws a RangeError for a number of batches that is no whole number, a main task that is not
 * among the tasks, or a ratio, temperature, cap or steps without meaning.
 *
 * @example
 * ```ts
 * import { planEpoch } from "./sampling.ts";
 * import { createRandom } from "../base/random.ts";
 * const order = planEpoch({ mnli: 3, rte: 1 }, { mode: "all" }, {
 *   random: createRandom(2018),
 *   epoch: 0,
 * });
 * order.length; // 4
 * ```
 */
export function planEpoch(
  batches: Readonly<Record<string, number>>,
  mixing: Mixing,
  { random, epoch, epochs = 1 }: EpochOptions,
): Slot[] {
  check(batches, mixing);
  const stream = split(random, `epoch ${epoch}`);
  const order = split(stream, "order");
  if (mixing.mode === "mix" || mixing.mode === "ratio") {
    return planAroundMain(batches, mixing, stream, order);
  }
  const counts = countsOf(batches, mixing, epoch, epochs);
  return order.shuffle(Object.keys(batches).flatMap((task) => repeat(task, counts[task]!)))
    .map(inTurn(batches, counts, stream));
}

/**
 * How many steps an epoch has, for the learning-rate schedule; the same in every epoch. Throws what
 * {@linkcode planEpoch} throws.
 *
 * @example
 * ```ts
 * import { countSteps } from "./sampling.ts";
 * countSteps({ mnli: 9, sst2: 5, rte: 4 }, { mode: "ratio", main: "mnli", ratio: 0.5 }); // 13
 * ```
 */
export function countSteps(batches: Readonly<Record<string, number>>, mixing: Mixing): number {
  check(batches, mixing);
  const all = sum(Object.values(batches));
  if (mixing.mode === "ratio") {
    const main = batches[mixing.main]!;
    return main + Math.min(Math.floor(mixing.ratio * main), all - main);
  }
  if (mixing.mode === "capped") {
    return sum(Object.values(batches).map((n) => Math.min(n, mixing.cap)));
  }
  return "steps" in mixing && mixing.steps !== undefined ? mixing.steps : all;
}

function planAroundMain(
  batches: Readonly<Record<string, number>>,
  mixing: Extract<Mixing, { main: string }>,
  stream: Random,
  order: Random,
): Slot[] {
  const { main } = mixing;
  const extras = Object.entries(batches).filter(([task]) => task !== main)
    .flatMap(([task, n]) => repeat(task, n));
  const wanted = countSteps(batches, mixing) - batches[main]!;
  // A shuffled list's head is a draw without replacement; for "mix" the head is the whole list.
  const drawn = order.shuffle(extras).slice(0, wanted);
  const mains = repeat(main, batches[main]!);
  const extrasFirst = mixing.mode === "mix" || mixing.order === "extras first";
  const tasks = extrasFirst ? [...drawn, ...mains] : order.shuffle([...drawn, ...mains]);
  return tasks.map(inTurn(batches, batches, stream));
}

/** Turns a task's name into its next batch, in that task's own shuffled order. */
function inTurn(
  batches: Readonly<Record<string, number>>,
  counts: Readonly<Record<string, number>>,
  stream: Random,
): (task: string) => Slot {
  const turns = new Map(
    Object.entries(batches).map(([task, n]) => {
      // A stream per task: adding a task leaves the order of the others' batches alone.
      const random = split(split(stream, "batches"), task);
      const order: number[] = [];
      while (order.length < counts[task]!) {
        for (const batch of random.permutation(n)) order.push(batch);
      }
      return [task, order.values()] as const;
    }),
  );
  return (task) => ({ task, batch: turns.get(task)!.next().value! });
}

function countsOf(
  batches: Readonly<Record<string, number>>,
  mixing: Exclude<Mixing, { main: string }>,
  epoch: number,
  epochs: number,
): Readonly<Record<string, number>> {
  if (mixing.mode === "all") return batches;
  const entries = Object.entries(batches);
  if (mixing.mode === "capped") {
    return Object.fromEntries(entries.map(([task, n]) => [task, Math.min(n, mixing.cap)]));
  }
  const exponent = exponentOf(mixing, epoch, epochs);
  const weights = entries.map(([, n]) => n === 0 ? 0 : n ** exponent);
  const counts = apportion(countSteps(batches, mixing), weights);
  return Object.fromEntries(entries.map(([task], i) => [task, counts[i]!]));
}

function exponentOf(
  mixing: Extract<Mixing, { steps?: number }>,
  epoch: number,
  epochs: number,
): number {
  if (mixing.mode === "uniform") return 0;
  if (mixing.mode === "temperature") return 1 / mixing.temperature;
  const progress = epochs > 1 ? epoch / (epochs - 1) : 0;
  return 1 - (1 - (mixing.last ?? 0.2)) * progress;
}

/** Whole numbers with the given sum, as near to the weights as can be (largest remainder). */
function apportion(total: number, weights: readonly number[]): number[] {
  const all = sum(weights);
  if (all === 0) return weights.map(() => 0);
  const shares = weights.map((weight) => total * weight / all);
  // Rounding noise must not turn a share that is a whole number into the next lower one.
  const counts = shares.map((share) => Math.floor(share + 1e-9));
  const byRemainder = shares.map((share, i) => ({ i, remainder: share - counts[i]! }))
    .sort((left, right) => right.remainder - left.remainder);
  for (const { i } of byRemainder.slice(0, total - sum(counts))) counts[i]!++;
  return counts;
}

function check(batches: Readonly<Record<string, number>>, mixing: Mixing): void {
  const refuse = (what: string, value: unknown, expected: string): never => {
    throw new RangeError(`Cannot mix tasks with ${what} ${value}: expected ${expected}`);
  };
  for (const [task, n] of Object.entries(batches)) {
    if (!Number.isInteger(n) || n < 0) refuse(`batches of "${task}"`, n, "a whole number");
  }
  if ("main" in mixing && !Object.hasOwn(batches, mixing.main)) {
    refuse("the main task", `"${mixing.main}"`, `one of ${Object.keys(batches).join(", ")}`);
  }
  if (mixing.mode === "ratio" && !(mixing.ratio >= 0)) refuse("ratio", mixing.ratio, "0 or more");
  if (mixing.mode === "temperature" && !(mixing.temperature > 0)) {
    refuse("temperature", mixing.temperature, "more than 0");
  }
  if (mixing.mode === "capped" && !(Number.isInteger(mixing.cap) && mixing.cap > 0)) {
    refuse("cap", mixing.cap, "a whole number above 0");
  }
  if ("steps" in mixing && !(Number.isInteger(mixing.steps) && mixing.steps! > 0)) {
    refuse("steps", mixing.steps, "a whole number above 0");
  }
}

function repeat(task: string, times: number): string[] {
  return new Array<string>(times).fill(task);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
