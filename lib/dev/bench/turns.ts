/**
 * One measurement, its contenders taking turns.
 *
 * @module
 */

import { checkContender, checkWindow, type Contender } from "./contenders.ts";
import type { Measurement, Proof, Timed, Window } from "./measurement.ts";
import { type Conversation, converse } from "./process.ts";

/** A contender whose process waits for its next turn. */
interface Waiting {
  readonly name: string;
  readonly child: Conversation;
  readonly startSeconds: number;
  readonly proof: Proof;
  readonly windows: Window[];
}

/**
 * Starts one contender after another, each undisturbed until it has done its first step and proved
 * that its work is that of the first; then all run their windows in turns, A B C A B C ..., so that
 * what disturbs the machine for a while disturbs all.
 *
 * @returns what each found, in the order of the contenders.
 * @throws one sentence with the contender's name where it fails or does other work.
 *
 * @example
 * ```ts ignore
 * const [ours, theirs] = await takeTurns(measurement, contendersFor(measurement), python);
 * ```
 */
export async function takeTurns(
  measurement: Measurement,
  contenders: readonly Contender[],
  python: string,
  onWindow: () => void = () => {},
): Promise<Timed[]> {
  using children = new DisposableStack();
  const waiting: Waiting[] = [];
  for (const { name, command } of contenders) {
    const child = children.use(converse(command(python), measurement));
    await named(name, measurement, async () => {
      const startSeconds = await child.firstStep();
      const proof = await child.answer("proof") as Proof;
      checkProof(measurement, proof, waiting[0]?.proof ?? proof);
      waiting.push({ name, child, startSeconds, proof, windows: [] });
    });
  }
  for (let turn = 0; turn < countWindows(measurement); turn++) {
    for (const { name, child, windows } of waiting) {
      await named(name, measurement, async () => {
        await child.tell("go");
        windows.push(checkWindow(await child.answer("window")));
      });
      onWindow();
    }
  }
  const found: Timed[] = [];
  for (const { name, child, startSeconds, proof, windows } of waiting) {
    await named(name, measurement, async () => {
      await child.tell("end");
      const summary = checkContender(await child.answer("summary"));
      await child.ended();
      found.push({ ...summary, startSeconds, proof, windows });
    });
  }
  return found;
}

/** How many windows each contender runs. */
export function countWindows(measurement: Measurement): number {
  if (measurement.kind !== "mixture") return measurement.windows;
  return Math.ceil((measurement.steps - 1) / measurement.windowSteps);
}

/** Contenders round in other places, tokenizers differ in a few characters: this much is allowed. */
const TOLERANCES = { float32: 1e-4, bfloat16: 2e-2, none: 1e-3 };

/**
 * Refuses a contender that does other work than the first.
 *
 * @throws with both numbers where they differ by more than 1e-4 (float32), 2e-2 (bfloat16) or, of
 * pieces, 1e-3, relative to the first's.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { checkProof } from "./turns.ts";
 * const measurement = { kind: "shape", precision: "float32" } as const;
 * assertThrows(() => checkProof(measurement, { mnli: 1.2 }, { mnli: 1.1 }), Error, "other work");
 * ```
 */
export function checkProof(
  { kind, precision }: Pick<Measurement, "kind" | "precision">,
  proof: Proof,
  ours: Proof,
): void {
  const tolerance = TOLERANCES[precision ?? "none"];
  const what = kind === "preprocessing" ? "its number of pieces" : "its loss without dropout";
  for (const name of new Set([...Object.keys(ours), ...Object.keys(proof)])) {
    const [theirs = NaN, own = NaN] = [proof[name] ?? NaN, ours[name] ?? NaN]; // null: not finite
    if (Math.abs(theirs - own) <= tolerance * Math.abs(own)) continue;
    throw new Error(
      `it does other work: for "${name}" ${what} is ${theirs}, expected ${own} within a share of ` +
        `${tolerance}.`,
    );
  }
}

async function named(name: string, measurement: Measurement, run: () => Promise<void>) {
  try {
    await run();
  } catch (error) {
    const { kind, precision } = measurement;
    const what = precision === null ? kind : `${kind}, ${precision}`;
    throw new Error(`Cannot measure "${name}" (${what}): ${(error as Error).message}`, {
      cause: error,
    });
  }
}
