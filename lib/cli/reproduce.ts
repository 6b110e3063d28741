/**
 * `deno task reproduce`: preprocess, refine, finetune, adapt, tables, with one command.
 *
 * @module
 */

import { exitCodeOf, stopOnSignals } from "../base/stopping.ts";
import { DEFAULT_ENCODER } from "../hub/encoders.ts";
import { HELP, parseReproduce, type ReproduceOptions, SAMPLE, tasksOf } from "../run/options.ts";
import { reproduce } from "../run/reproduce.ts";
import { type NotebooksOptions, runNotebooks } from "./notebooks.ts";

/**
 * The notebooks that draw the runs of a command, with its options; null where they are left out.
 *
 * @example
 * ```ts
 * import { parseReproduce } from "../run/options.ts";
 * import { notebooksOf } from "./reproduce.ts";
 * notebooksOf(parseReproduce(["--tasks", "rte", "--seeds", "3"])!);
 * // { only: ["01", "02", "03", "04"], size: "sample", options: "--tasks=rte --seeds=3", ... }
 * ```
 */
export function notebooksOf(options: ReproduceOptions): NotebooksOptions | null {
  const { size, data, results, stages, preset, precision, encoder } = options;
  if (!stages.includes("notebooks")) return null;
  const more = {
    encoder: encoder === DEFAULT_ENCODER ? undefined : encoder,
    preset: preset.name === "fixed" ? undefined : preset.name,
    precision: precision === "float32" ? undefined : precision,
    tasks: options.tasks,
    fractions: options.fractions,
    seeds: options.seeds,
    steps: options.maxSteps,
    threads: options.threads,
    "non-finite": options.nonFinite,
  };
  return {
    only: [
      "01",
      // looks into the default encoder, which is not fetched for it where another one is used
      ...(encoder === DEFAULT_ENCODER ? ["02"] : []),
      "03",
      ...(tasksOf(options, "finetune").length > 0 ? ["04"] : []),
      ...(tasksOf(options, "adapt").length > 0 ? ["05"] : []),
    ],
    size,
    results,
    ...(data !== SAMPLE && { data }),
    options: Object.entries(more).filter(([, value]) => value !== undefined)
      .map(([name, value]) => `--${name}=${value}`).join(" "),
  };
}

if (import.meta.main) {
  const signal = stopOnSignals();
  let code = 0;
  try {
    const options = parseReproduce(Deno.args);
    if (options) {
      await reproduce(options, signal);
      const notebooks = notebooksOf(options);
      const index = notebooks && await runNotebooks(notebooks, signal);
      if (index) console.log(`Notebooks: ${index}`);
    } else console.log(HELP);
  } catch (error) {
    if (signal.aborted && error === signal.reason) {
      console.error("Stopped; what is done is saved: give the same command again to go on.");
      code = exitCodeOf(signal);
    } else {
      console.error(error instanceof Error ? error.message : String(error));
      code = 1;
    }
  }
  Deno.exit(code); // at once: unloading an opened TensorFlow crashes
}
