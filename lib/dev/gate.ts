/**
 * Runs the tests and the examples of the doc comments, and counts both together:
 * `deno task test [paths and flags of deno test]`. The last line is `N passed, N failed`.
 *
 * @module
 */

/** How many tests passed, failed and were left out. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One call of `deno test`: what it is told to run. */
export interface TestRun {
  readonly doc: boolean;
  readonly args: readonly string[];
}

/**
 * The runs that arguments ask for: files in lib for their examples, all others for their tests;
 * both where no file is named.
 *
 * @param isPath whether an argument is a file or folder, and not the value of a flag.
 *
 * ```ts
 * import { planTests } from "./gate.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(planTests([], () => true).map(({ args }) => args), [["tests"], ["lib"]]);
 * ```
 */
export function planTests(args: readonly string[], isPath: (arg: string) => boolean): TestRun[] {
  const paths = args.filter((arg) => !arg.startsWith("-") && isPath(arg));
  const flags = args.filter((arg) => !paths.includes(arg));
  const inLib = (path: string) => /^(\.\/)?lib(\/|$)/.test(path);
  const [docs, tests] = [paths.filter(inLib), paths.filter((path) => !inLib(path))];
  if (paths.length === 0) {
    docs.push("lib");
    tests.push("tests");
  }
  return [{ doc: false, args: tests }, { doc: true, args: docs }]
    .filter((run) => run.args.length > 0)
    .map(({ doc, args }) => ({ doc, args: [...flags, ...args] }));
}

/**
 * The counts in the output of one run; undefined where it has none, as after a crash or a type
 * error.
 *
 * ```ts
 * import { count } from "./gate.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const output = "ok | 7 passed (3 steps) | 0 failed | 1 ignored (31ms)";
 * assertEquals(count(output), { passed: 7, failed: 0, skipped: 1 });
 * ```
 */
export function count(output: string): TestCounts | undefined {
  // deno-lint-ignore no-control-regex -- colours are escape sequences
  const plain = output.replaceAll(/\x1b\[[\d;]*m/g, "");
  const summary = plain.match(/^(ok|FAILED) \| \d+ passed.*$/gm)?.at(-1);
  if (summary === undefined) return undefined;
  const number = (word: string) => Number(summary.match(`(\\d+) ${word}`)?.[1] ?? 0);
  return { passed: number("passed"), failed: number("failed"), skipped: number("ignored") };
}

/**
 * The closing line of all runs together.
 *
 * ```ts
 * import { closing } from "./gate.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(closing({ passed: 7, failed: 0, skipped: 0 }), "7 passed, 0 failed");
 * ```
 */
export function closing({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** What tests may do; what isn't named here, they may not. */
function permissions(): string[] {
  const temporary = Deno.env.get("TMPDIR") || "/tmp";
  const cache = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME") ?? "."}/.cache`;
  return [
    "--allow-read", // TensorFlow and Python lie anywhere
    `--allow-write=.,${temporary},${cache}/mt-dnn`,
    "--allow-env",
    "--allow-sys",
    "--allow-ffi", // TensorFlow, wherever it was found
    `--allow-run=${Deno.execPath()},python3,python,pip,git,mount,umount`,
    "--allow-net=127.0.0.1,localhost", // tests download from servers of their own only
  ];
}

/** Runs `deno test` and shows its output as it comes; a run that counts nothing has failed. */
async function perform({ doc, args }: TestRun): Promise<TestCounts> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", ...(doc ? ["--doc"] : []), ...permissions(), ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
    env: Deno.stdout.isTerminal() ? {} : { NO_COLOR: "1" },
  }).spawn();
  let output = "";
  const decoder = new TextDecoder();
  for await (const bytes of child.stdout) {
    output += decoder.decode(bytes, { stream: true });
    for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
  }
  const { success } = await child.status;
  const counts = count(output) ?? { passed: 0, failed: 0, skipped: 0 };
  return success || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const run of planTests(Deno.args, exists)) {
    const counts = await perform(run);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  if (total.passed + total.failed === 0) {
    console.error("No test ran: name an existing file, or a filter that some test matches.");
  }
  console.log(closing(total));
  Deno.exit(total.passed > 0 && total.failed === 0 ? 0 : 1);
}
