/** Command lines with damage: what is read can be done, and nothing is passed over. */
import { assert, assertEquals } from "@std/assert";
import { parseBench } from "../../lib/dev/bench/main.ts";
import { parseConformance } from "../../lib/dev/conformance/main.ts";
import { planTests } from "../../lib/dev/gate.ts";
import { parseKernel } from "../../lib/cli/kernel.ts";
import { parseLab } from "../../lib/cli/lab.ts";
import { parseNotebooks } from "../../lib/cli/notebooks.ts";
import { parseParity } from "../../lib/dev/parity/main.ts";
import { presetNamed } from "../../lib/presets.ts";
import type { Random } from "../../lib/base/random.ts";
import { parseReproduce } from "../../lib/run/options.ts";
import { parseSample } from "../../lib/dev/sample/main.ts";
import { parseSetup } from "../../lib/cli/setup.ts";
import { parseSwitches } from "../../lib/dev/switches/main.ts";
import { taskNamed } from "../../lib/tasks.ts";
import { attempt, fuzz, type Kind } from "./fuzz.ts";
import { anyText, mutate, names, numbers, pick } from "./mutate.ts";

/** A command's reader, and a line with all that it takes. */
interface Command {
  readonly parse: (args: readonly string[]) => unknown;
  readonly line: string;
}

const commands: readonly Command[] = [
  {
    parse: parseReproduce,
    line: "--size paper --data data --encoder owner/name --only refine,finetune --tasks rte,snli " +
      "--fractions 0.01,1 --seeds 3 --steps 9 --preset fixed+decayEverything --precision bfloat16 " +
      "--threads 2 --save-steps 5 --keep-weights --non-finite skip --results out",
  },
  {
    parse: parseParity,
    line: "--reference folder --only forward --only masks --precision float32",
  },
  {
    parse: parseBench,
    line: "--shapes --mixture --data data --steps 6 --precision both --rounds 2 --encoder a/b " +
      "--threads 2 --quick",
  },
  { parse: parseSetup, line: "--gpu --encoder owner/name@main" },
  { parse: parseConformance, line: "--write matMul" },
  { parse: parseSample, line: "2018" },
  { parse: parseKernel, line: "--force --remove" },
  { parse: parseLab, line: "--port 8888 --host 127.0.0.1 --no-browser notebooks" },
  {
    parse: parseNotebooks,
    line: "--only 01,03 --data d --size small --results r --timeout 9 --write",
  },
  {
    parse: parseSwitches,
    line: "--data d --encoder e --seeds 3 --rows 9 --steps 5 --only faithful --precision float32",
  },
  {
    parse: ([name = ""]) => presetNamed(name).name,
    line: "faithful-idlePartsDrift+decayEverything",
  },
  { parse: ([name = ""]) => taskNamed(name).name, line: "qnli_rank" },
];

const strange = [
  ...["--", "-", "", "--help", "--no-help", "--=", "--=x", "-h", "-abc", "--seeds=", "--a.b=1"],
  ...[
    "--tasks=,",
    "--only=,,",
    "--size.x",
    "-5",
    "--__proto__.x=1",
    "--seeds=1e9",
    "true",
    "false",
  ],
  ...["--steps=1e400", "--threads=4294967296", "--fractions=1e-400", "data/sample", "ünïcode"],
];

/** One to three arguments changed, left out, repeated, put elsewhere or added. */
function damaged(args: readonly string[], random: Random): string[] {
  const out = [...args];
  const at = () => random.integer(out.length + 1);
  const changes: readonly (() => unknown)[] = [
    () => out.splice(at(), 1),
    () => out.splice(at(), 0, pick(random, strange)),
    () => out.splice(at(), 0, `--${pick(random, names)}`),
    () => out.splice(at(), 1, pick(random, numbers)),
    () => out.splice(at(), 0, pick(random, args)),
    () => out.splice(at(), 1, ...(out[at()] ?? "x").split(/(?=[,=])/)),
    () => out.push(...out.splice(random.integer(out.length || 1), 2)),
    () => out.splice(random.integer(out.length || 1), 1, mangled(pick(random, args), random)),
  ];
  do pick(random, changes)(); while (random.integer(3) === 0);
  return out;
}

/** What a shell would pass on: no NUL, and no unseen characters, which messages repeat as typed. */
function mangled(text: string, random: Random): string {
  const { bytes } = mutate(new TextEncoder().encode(text), random, anyText);
  return new TextDecoder().decode(bytes).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "").slice(0, 200);
}

/** Numbers can be counted to, names are known, and nothing came from elsewhere than the line. */
function checkOptions(options: unknown): void {
  if (options === null || typeof options !== "object") return;
  assert(Object.getPrototypeOf(options) === Object.prototype);
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "number") {
      const least = name === "port" ? 0 : name === "windowSeconds" ? 0.1 : 1;
      assert(Number.isFinite(value) && value >= least && value <= 1e12, `${name} is ${value}`);
      if (name === "seeds") assert(value <= 1000);
    }
    if (name === "fractions") {
      assert((value as number[]).length > 0 && (value as number[]).every((f) => f > 0 && f <= 1));
    }
    if (["stages", "tasks", "only", "parts", "kinds"].includes(name)) {
      assert((value as string[] | string).length > 0 || value === "", `${name} is empty`);
    }
  }
}

/** Arguments that the test runner is started with: all of them, in one of its two runs. */
function checkPlan(args: readonly string[]): void {
  const runs = planTests(args, (arg) => arg.startsWith("data") || arg === "");
  for (const arg of args) assert(runs.some((run) => run.args.includes(arg)), arg);
}

export const kinds: Readonly<Record<string, Kind>> = {
  "command lines": {
    count: 5000,
    open: () => ({
      input: async (random, number) => {
        const { parse, line } = commands[number % commands.length]!;
        const args = damaged(line.split(" "), random);
        const before = [...args];
        const options = await attempt([], () => parse(args)).finally(() => {
          assertEquals(Object.keys(Object.prototype), []);
          assertEquals(args, before);
        });
        checkOptions(options);
        checkPlan(args);
      },
    }),
  },
};

fuzz(import.meta.url, kinds);
