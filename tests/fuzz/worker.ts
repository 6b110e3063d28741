/** Runs one kind of inputs; a worker of its own, so that what hangs can be ended from outside. */
import { createRandom, split } from "../../lib/base/random.ts";
import { type Kind, MOST_MEMORY, MOST_SECONDS, Refused, type Report, type Start } from "./fuzz.ts";

/** As many different failures are told. */
const FAILURES = 8;

const worker = self as unknown as {
  onmessage: (event: MessageEvent<Start>) => void;
  postMessage(report: Report | string): void;
};

worker.onmessage = async ({ data }) => {
  try {
    worker.postMessage(await runKind(data));
  } catch (error) {
    worker.postMessage(error instanceof Error ? error.stack ?? error.message : String(error));
  }
};

async function runKind({ url, name, first, count, at }: Start): Promise<Report> {
  const { kinds } = await import(url) as { kinds: Readonly<Record<string, Kind>> };
  const folder = await Deno.makeTempDir();
  const started = performance.now();
  const report = { read: 0, refused: 0, failures: [] as string[] };
  try {
    const { input } = await kinds[name]!.open(folder);
    for (let number = first; number < first + count; number++) {
      Atomics.store(at, 0, number);
      const problem = await tryInput(() => input(split(createRandom(name), number), number));
      if (problem === undefined) report.read++;
      else if (problem === null) report.refused++;
      else if (!report.failures.some((other) => sameFailure(other, problem))) {
        report.failures.push(`input ${number}: ${problem}`);
        if (report.failures.length >= FAILURES) break;
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return { ...report, seconds: (performance.now() - started) / 1000 };
}

/** Nothing where it was read, null where it was refused, else what is wrong. */
async function tryInput(run: () => void | Promise<void>): Promise<string | null | undefined> {
  const before = Deno.memoryUsage();
  const started = performance.now();
  let found: string | null | undefined;
  try {
    await run();
  } catch (error) {
    found = error instanceof Refused ? null : described(error as Error);
  }
  const seconds = (performance.now() - started) / 1000;
  const after = Deno.memoryUsage();
  const memory = Math.max(after.external - before.external, after.heapUsed - before.heapUsed);
  if (seconds > MOST_SECONDS) return `it took ${seconds.toFixed(1)} seconds`;
  if (memory > MOST_MEMORY) return `it took ${Math.round(memory / 2 ** 20)} MiB of memory`;
  return found;
}

/** The message, and the lines of lib that it comes from. */
function described(error: Error): string {
  const innermost = (each: Error): Error =>
    each.cause instanceof Error ? innermost(each.cause) : each;
  const lines = (innermost(error).stack ?? "").split("\n").filter((line) =>
    /\/(lib|fuzz)\//.test(line)
  );
  return [error.message.slice(0, 1000), ...lines.slice(0, 4)].join("\n");
}

/** The place in lib tells failures apart, else the first words. */
function sameFailure(one: string, other: string): boolean {
  const plain = (text: string) => {
    const [first = "", place = ""] = text.replace(/^input \d+: /, "").split(/\n(?= +at )/);
    return place || first.replaceAll(/"[^"]*"|\([^)]*\)|\d+/g, "#").slice(0, 60);
  };
  return plain(one) === plain(other);
}
