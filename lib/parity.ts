/**
 * `deno task parity`: compares this library with values recorded from the reference program, from
 * the tokenizer to parameters after forty steps of training.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { runChecks } from "./parity/checks.ts";
import { type Kind, kinds, type Row } from "./parity/compare.ts";
import { openReference } from "./parity/reference.ts";
import { headLine, rowLines, summaryLines } from "./parity/table.ts";

/** Where the recorded values lie, unless another folder is named. */
export const REFERENCE = "../shared/reference";

const HELP = `Usage: deno task parity [--reference DIR] [--only KIND]

Compares this library with values recorded from the reference program and prints one line for each
comparison: its largest absolute and relative deviation, and the tolerance ("r" is relative, all
others are absolute). Fails if any is out of tolerance.

  --reference DIR  folder with the recorded values (default ${REFERENCE})
  --only KIND      one of ${kinds.join(", ")}; may be given several times`;

/** What to compare. */
export interface ParityOptions {
  readonly reference: string;
  readonly kinds: readonly Kind[];
}

/**
 * Reads the command line of `deno task parity`.
 *
 * @returns null where help is asked for.
 * @throws when an argument or a kind is unknown.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseParity } from "./parity.ts";
 * assertEquals(parseParity(["--only", "metrics"])?.kinds, ["metrics"]);
 * ```
 */
export function parseParity(args: readonly string[]): ParityOptions | null {
  const options = parseArgs([...args], {
    boolean: ["help"],
    string: ["reference", "only"],
    collect: ["only"],
    default: { reference: REFERENCE },
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
  return { reference: options.reference, kinds: only.length > 0 ? only : kinds };
}

/**
 * Compares, printing each row as it comes.
 *
 * @returns whether everything is within tolerance.
 * @throws one sentence when the folder or a file of it is missing.
 */
export async function parity({ reference, kinds }: ParityOptions): Promise<boolean> {
  const started = performance.now();
  const opened = await openReference(reference);
  console.log(headLine());
  const rows: Row[] = [];
  for await (const row of runChecks(opened, kinds)) {
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
