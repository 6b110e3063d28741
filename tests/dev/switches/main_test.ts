import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parseSwitches } from "../../../lib/dev/switches/main.ts";
import { variantNames } from "../../../lib/dev/switches/settings.ts";
import { ended, start as startTask, taskWords } from "../../support/toy_command.ts";
import { makeWorld, snapshot, type World } from "../../support/toy_world.ts";

Deno.test("without arguments all switches are tried on the sample, with three seeds", () => {
  assertEquals(parseSwitches([]), {
    ...{ data: "data/sample", encoder: "all-MiniLM-L6-v2", results: "results" },
    ...{ precision: "float32", seeds: 3 },
  });
});

Deno.test("every option is read", () => {
  const options = parseSwitches([
    ...["--data", "glue", "--encoder", "bert", "--seeds", "5", "--steps=20", "--threads", "2"],
    ...["--rows", "64", "--refined", "results/refined"],
    ...["--only", "decayEverything, faithful", "--precision=bfloat16", "--results", "out"],
  ]);
  assertEquals(options, {
    ...{ data: "glue", encoder: "bert", results: "out", precision: "bfloat16", seeds: 5 },
    ...{
      refined: "results/refined",
      rows: 64,
      maxSteps: 20,
      only: ["decayEverything", "faithful"],
      threads: 2,
    },
  });
});

for (
  const [args, sentence] of [
    ["--seed 3", 'Unknown argument "--seed"; see deno task switches --help.'],
    ["decayEverything", 'Unknown argument "decayEverything"; see deno task switches --help.'],
    ["--seeds 0", '--seeds has "0": expected a whole number from 1 to 1000.'],
    ["--rows 1.5", '--rows has "1.5": expected a whole number above 0.'],
    ["--steps few", '--steps has "few": expected a whole number above 0.'],
    ["--only decay", '--only has "decay": expected one of headDropoutAtEvaluation, '],
    ["--only fixed", '--only has "fixed": expected one of headDropoutAtEvaluation, '],
    ["--only", "--only needs a value, or several with commas between; see --help."],
    ["--precision half", '--precision has "half": expected one of float32, bfloat16.'],
    [
      "--precision bfloat16 --only bfloat16",
      '--only has "bfloat16", which compares with float32: leave out --precision bfloat16.',
    ],
    ["--data=", "--data needs a value; see --help."],
  ] as const
) {
  Deno.test(`the command line refuses: ${args}`, () => {
    const { message } = assertThrows(() => parseSwitches(args.split(" ")), Error) as Error;
    assert(message.startsWith(sentence), message);
  });
}

// From here on the real command runs, with the permissions of its task.

const task = taskWords("switches");
const start = (world: World, args: readonly string[]) => startTask(world, args, [], task);

/** Lends a world that is removed after use. */
async function inWorld(use: (world: World) => Promise<void>, train = 16): Promise<void> {
  const world = await makeWorld({ train, dev: 6 });
  try {
    await use(world);
  } finally {
    await Deno.remove(world.folder, { recursive: true });
  }
}

Deno.test("the task names its permissions, and help names every option and variant", () =>
  inWorld(async (world) => {
    const flags = task.filter((word) => word.startsWith("-"));
    assertEquals(flags.filter((flag) => !/^--allow-(read|write|net|ffi|run=|env=)/.test(flag)), []);
    const { code, output, errors } = await ended(start(world, ["--help"]));
    assertEquals([code, errors], [0, ""]);
    assertMatch(output, /^Usage: deno task switches \[options\]\n/);
    for (
      const option of [
        "data",
        "refined",
        "seeds",
        "rows",
        "steps",
        "only",
        "precision",
        "threads",
        "results",
      ]
    ) {
      assertMatch(output, new RegExp(`^ {2}--${option} `, "m"));
    }
    assert(variantNames.every((name) => output.includes(name)));
    assert(output.split("\n").every((line) => line.length <= 100));
  }));

Deno.test("the command trains and prints the table it writes", () =>
  inWorld(async (world) => {
    const args = ["--only", "keepPremiseCut", "--seeds", "1", "--steps", "2"];
    const { code, output } = await ended(start(world, args));
    assertEquals(code, 0);
    const markdown = await Deno.readTextFile(`${world.results}/switches.md`);
    assert(output.includes(markdown));
    assert(output.endsWith("switches.md and switches.csv.\n"));
    assert((await Deno.readTextFile(`${world.results}/switches.csv`)).includes("keepPremiseCut"));
  }));

Deno.test("a mistake ends in one sentence and exit code 1", () =>
  inWorld(async (world) => {
    await Deno.remove(`${world.data}/QNLI/dev.tsv`);
    const { code, output, errors } = await ended(start(world, ["--only", "keepPremiseCut"]));
    assertEquals([code, output], [1, ""]);
    assertMatch(
      errors,
      /^Cannot find "QNLI\/dev\.tsv" in "[^\n]*; put the official file there [^\n]*\n$/,
    );
  }));

Deno.test("Ctrl+C ends it after a step, and says how to go on", () =>
  inWorld(async (world) => {
    const child = start(world, ["--only", "wordDropoutHitsSpecials"]);
    const [shown, kept] = child.stderr.tee();
    let text = "";
    for await (const chunk of shown.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (/word-dropout\/fixed.*steps/.test(text)) break;
    }
    child.kill("SIGINT");
    const { code } = await child.status;
    await child.stdout.cancel();
    const errors = await new Response(kept).text();
    assertEquals(code, 130);
    assertMatch(
      errors,
      /: stopped\nStopped; finished trainings are kept: give the same command again to go on\.\n$/,
    );
    const left = Object.keys(await snapshot(world.results));
    assertEquals(left.filter((name) => /\.(tmp|md)$/.test(name)), []);
  }, 512));
