/**
 * `deno task parity`: compares this library with values recorded from the reference program, from
 * the tokenizer to parameters after forty steps of training.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { runChecks } from "./checks.ts";
import { type ComparisonKind, type ComparisonRow, kinds, precise } from "./compare.ts";
import type { Precision } from "../../tensorflow/operations/matmul.ts";
import { openReference } from "./reference.ts";
import { headLine, rowLines, summaryLines } from "./table.ts";

/** Where the recorded values lie, unless another folder is named. */
export const REFERENCE = "../shared/reference";

const HELP = `Usage: deno task parity [--reference DIR] [--only KIND] [--precision P]

Compares this library with values recorded from the reference program and prints one line for each
comparison: its largest absolute and relative deviation, and the tolerance ("r" is relative, all
others are absolute). Fails if any is out of tolerance.

  --reference DIR  folder with the recorded values (default ${REFERENCE})
  --only KIND      one of ${kinds.join(", ")}; may be given several times
  --precision P    float32 (default) or bfloat16, which has tolerances of its own. Only the kinds
                   ${precise.join(", ")} multiply matrices; the others do not depend on
                   it, are checked under float32 and left out under bfloat16`;

/** What to compare. */
export interface ParityOptions {
  readonly reference: string;
  readonly kinds: readonly ComparisonKind[];
  readonly precision: Precision;
}

/**
 * Reads the command line of `deno task parity`.
 *
 * @returns null where help is asked for.
 * @throws when an argument, a kind or a precision is unknown, or the kind does not depend on it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseParity } from "./main.ts";
 * assertEquals(parseParity(["--only", "metrics"])?.kinds, ["metrics"]);
 * ```
 */
export function parseParity(args: readonly string[]): ParityOptions | null {
  const options = parseArgs([...args], {
    boolean: ["help"],
    string: ["reference", "only", "precision"],
    collect: ["only"],
    default: { reference: REFERENCE, precision: "float32" },
    unknown: (argument: string) => {
      throw new Error(`Unknown argument "${argument}"; see deno task parity --help.`);
    },
  });
  if (options.help) return null;
  const only = options.only.map((name) => {
    const kind = kinds.find((each) => each === name);
    if (kind) return kind;
    throw new Error(`Unknown kind "${name}" after --only: expected one of ${kinds.join(", ")}.`);
  });
  const precision = precisionOf(options.precision);
  const possible: readonly ComparisonKind[] = precision === "float32" ? kinds : precise;
  const same = only.find((kind) => !possible.includes(kind));
  if (same) {
    throw new Error(
      `--only ${same} does not depend on the precision: leave out --precision ${precision}.`,
    );
  }
  return { reference: options.reference, kinds: only.length > 0 ? only : possible, precision };
}

function precisionOf(text: string): Precision {
  if (text === "float32" || text === "bfloat16") return text;
  throw new Error(`--precision has "${text}": expected float32 or bfloat16.`);
}

/**
 * Compares, printing each row as it comes.
 *
 * @returns whether everything is within tolerance.
 * @throws one sentence when the folder or a file of it is missing.
 */
async function parity({ reference, kinds, precision }: ParityOptions): Promise<boolean> {
  const started = performance.now();
  const opened = await openReference(reference);
  console.log(headLine());
  const rows: ComparisonRow[] = [];
  for await (const row of runChecks(opened, kinds, precision)) {
    rows.push(row);
    console.log(rowLines(row));
  }
  console.log(`\n${summaryLines(rows, (performance.now() - started) / 1000)}`);
  return rows.every(({ passed }) => passed);
}

if (import.meta.main) {
  let code = 0;
  try {
    const options = parseParity(Deno.args);
    if (!options) console.log(HELP);
    else if (!await parity(options)) code = 1;
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    code = 1;
  }
  // Leaves at once: unloading an opened TensorFlow crashes.
  Deno.exit(code);
}
