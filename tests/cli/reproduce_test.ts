import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { notebooksOf } from "../../lib/cli/reproduce.ts";
import { presets } from "../../lib/presets.ts";
import { parseReproduce, stageNames } from "../../lib/run/options.ts";
import { openResults } from "../../lib/run/results.ts";
import { tasks } from "../../lib/tasks.ts";
import { ended, start, task, training } from "../support/toy_command.ts";
import { makeWorld, snapshot, type World } from "../support/toy_world.ts";

/** Names of the tasks, as an error says them. */
const known = Object.keys(tasks).join(", ");

Deno.test("without arguments everything is run on the sample", () => {
  assertEquals(parseReproduce([]), {
    size: "sample",
    data: "data/sample",
    encoder: "all-MiniLM-L6-v2",
    stages: stageNames,
    preset: presets.fixed,
    precision: "float32",
    results: "results/sample",
  });
});

Deno.test("runs of the sample go to a folder that git ignores, those of real data don't", () => {
  const results = (...args: string[]) => parseReproduce(args)?.results;
  assertEquals(results("--only", "tables"), "results/sample");
  assertEquals(results("--size", "small", "--data", "glue"), "results");
  assertEquals(results("--size", "paper", "--only", "tables"), "results");
  const ignored = new Deno.Command("git", {
    args: ["check-ignore", "results/sample/tables.md", "results/tables.md"],
    cwd: new URL("../../", import.meta.url),
  }).outputSync();
  assertEquals(new TextDecoder().decode(ignored.stdout), "results/sample/tables.md\n");
});

Deno.test("every option is read", () => {
  const options = parseReproduce([
    ...["--size", "small", "--data", "glue", "--encoder", "bert", "--only", "refine,tables"],
    ...["--tasks", "rte, scitail", "--fractions", "0.1,1", "--seeds", "3", "--steps", "20"],
    ...["--preset=faithful", "--precision=bfloat16", "--threads=2", "--results=out"],
  ]);
  assertEquals(options, {
    ...{ size: "small", data: "glue", encoder: "bert", stages: ["refine", "tables"] },
    ...{ tasks: ["rte", "scitail"], fractions: [0.1, 1], seeds: 3, maxSteps: 20 },
    ...{ preset: presets.faithful, precision: "bfloat16", threads: 2, results: "out" },
  });
});

Deno.test("help is asked for by --help alone", () => {
  assertEquals(parseReproduce(["--help", "--size", "huge"]), null);
  assert(parseReproduce(["--size", "sample"]) !== null);
});

Deno.test("tables alone need no data folder, whatever the size", () => {
  assertEquals(parseReproduce(["--size", "paper", "--only", "tables"])?.stages, ["tables"]);
});

Deno.test("the notebooks of a command are those that have something to draw", () => {
  const only = (...args: string[]) => notebooksOf(parseReproduce(args)!)?.only;
  assertEquals(only(), ["01", "02", "03", "04", "05"]);
  assertEquals(only("--tasks", "rte"), ["01", "02", "03", "04"]);
  assertEquals(only("--tasks", "scitail"), ["01", "02", "03", "05"]);
  assertEquals(only("--encoder", "owner/name"), ["01", "03", "04", "05"], "02 has its own encoder");
  assertEquals(only("--only", "tables"), undefined);
});

for (
  const [args, sentence] of [
    ["--sise small", 'Unknown argument "--sise"; see deno task reproduce --help.'],
    ["all", 'Unknown argument "all"; see deno task reproduce --help.'],
    ["--size huge", '--size has "huge": expected one of sample, small, paper.'],
    ["--size", '--size has "": expected one of sample, small, paper.'],
    ["--size toString", '--size has "toString": expected one of sample, small, paper.'],
    ["--size small", "--size small needs --data DIR, the folder of the official files."],
    ["--size small --data data/sample/", "--size small needs official files, and "],
    ["--data", "--data needs a value; see --help."],
    ["--encoder=", "--encoder needs a value; see --help."],
    ["--results", "--results needs a value; see --help."],
    ["--only refine,tune", '--only has "tune": expected one of preprocess, refine, finetune, '],
    ["--only ,", "--only needs a value, or several with commas between; see --help."],
    ["--tasks rtt", `Unknown task "rtt": expected one of ${known}`],
    ["--tasks constructor", `Unknown task "constructor": expected one of ${known}`],
    ["--tasks", "--tasks needs a value, or several with commas between; see --help."],
    ["--fractions 0.1,0", '--fractions has "0": expected numbers above 0 and up to 1.'],
    ["--fractions 2", '--fractions has "2": expected numbers above 0 and up to 1.'],
    ["--fractions half", '--fractions has "half": expected numbers above 0 and up to 1.'],
    ["--seeds 0", '--seeds has "0": expected a whole number from 1 to 1000.'],
    ["--seeds=-1", '--seeds has "-1": expected a whole number from 1 to 1000.'],
    ["--seeds 1e9", '--seeds has "1e9": expected a whole number from 1 to 1000.'],
    ["--constructor x", 'Unknown argument "--constructor"; see deno task reproduce --help.'],
    ["--steps 1.5", '--steps has "1.5": expected a whole number above 0.'],
    ["--threads many", '--threads has "many": expected a whole number from 1 to 1024.'],
    [
      "--preset paper",
      'Unknown preset "paper": it starts with "paper"; expected fixed or faithful, ',
    ],
    ["--preset fixed+typo", 'Unknown preset "fixed+typo": there is no switch "typo"; expected '],
    ["--preset=", 'Unknown preset "": it starts with ""; expected fixed or faithful, '],
    ["--precision double", '--precision has "double": expected one of float32, bfloat16.'],
  ] as const
) {
  Deno.test(`the command line refuses: ${args}`, () => {
    const { message } = assertThrows(() => parseReproduce(args.split(" ")), Error) as Error;
    assert(message.startsWith(sentence), message);
  });
}

// From here on the real command runs, with the permissions of its task.

const run = (world: World, ...args: readonly string[]) => ended(start(world, args));

/** Lends a world that is removed after use. */
async function inWorld(use: (world: World) => Promise<void>): Promise<void> {
  const world = await makeWorld({ train: 12, dev: 6 });
  try {
    await use(world);
  } finally {
    await Deno.remove(world.folder, { recursive: true });
  }
}

Deno.test("the task names its permissions, and help comes without using them", () =>
  inWorld(async (world) => {
    const flags = task.filter((word) => word.startsWith("-"));
    assertEquals(flags.filter((flag) => !/^--allow-(read|write|net|ffi|run=|env=)/.test(flag)), []);
    const { code, output, errors } = await run(world, "--help");
    assertEquals([code, errors], [0, ""]);
    assertMatch(output, /^Usage: deno task reproduce \[options\]\n/);
    for (const option of ["size", "data", "encoder", "only", "tasks", "seeds", "results"]) {
      assertMatch(output, new RegExp(`^ {2}--${option} `, "m"));
    }
  }));

/** A mistake, made in a world of its own: what is changed there, the arguments, the sentence. */
interface Mistake {
  readonly what: string;
  readonly make?: (world: World) => Promise<unknown>;
  readonly args?: (world: World) => readonly string[];
  readonly sentence: RegExp;
}

const mistakes: readonly Mistake[] = [
  {
    what: "an unknown option",
    args: () => ["--frobnicate"],
    sentence: /^Unknown argument "--frobnicate"; see deno task reproduce --help\.$/,
  },
  {
    what: "an unknown task",
    args: () => ["--tasks", "rte,sst3"],
    sentence: new RegExp(`^Unknown task "sst3": expected one of ${known}\\.$`),
  },
  {
    what: "a missing data folder",
    args: ({ folder }) => ["--data", `${folder}/nowhere`],
    sentence: /^Cannot find the data folder ".*\/nowhere": name an existing one with --data/,
  },
  {
    what: "a missing file",
    make: ({ data }) => Deno.remove(`${data}/SNLI/dev.tsv`),
    sentence: /^Cannot find "SNLI\/dev\.tsv" in ".*\/data": none of SNLI\/dev\.tsv, /,
  },
  {
    what: "a row with too few columns",
    make: ({ data }) =>
      Deno.writeTextFile(`${data}/RTE/train.tsv`, "12\tthe cat\tentailment\n", { append: true }),
    sentence: /^Cannot read "RTE\/train\.tsv": line 14 has 3 columns, expected 4/,
  },
  {
    what: "a dev file with a header only",
    make: ({ data }) => Deno.writeTextFile(`${data}/RTE/dev.tsv`, "sentence1\tsentence2\tlabel\n"),
    sentence: /^Cannot read "RTE\/dev\.tsv": it has no rows, expected at least one$/,
  },
  {
    what: "a file none of whose rows is left",
    make: ({ data }) =>
      Deno.writeTextFile(`${data}/SNLI/train.tsv`, "sentence1\tsentence2\tgold_label\na\tb\t-\n"),
    sentence: /^Cannot use "SNLI\/train\.tsv": none of its rows is left \(1 left out: no label\)/,
  },
  {
    what: "a file in place of an encoder's folder",
    args: ({ encoder }) => ["--encoder", `${encoder}/pytorch_model.bin`],
    sentence:
      /^".*\/pytorch_model\.bin" has its weights only as pytorch_model\.bin, which can run /,
  },
  {
    what: "an encoder that is no folder and no name",
    args: ({ folder }) => ["--encoder", `${folder}/nowhere`],
    sentence: /^".*\/nowhere" is neither a folder nor the name of an encoder; /,
  },
  {
    what: "an encoder without weights",
    make: ({ encoder }) => Deno.remove(`${encoder}/model.safetensors`),
    sentence: /^The folder ".*\/toy" has no model\.safetensors; expected config\.json, /,
  },
  {
    what: "an encoder with a pickle for weights",
    make: ({ encoder }) =>
      Deno.rename(`${encoder}/model.safetensors`, `${encoder}/pytorch_model.bin`),
    sentence: /^".*\/toy" has its weights only as pytorch_model\.bin, which can run any program /,
  },
  {
    what: "weights that were cut off",
    make: async ({ encoder }) => {
      const { size } = await Deno.stat(`${encoder}/model.safetensors`);
      await Deno.truncate(`${encoder}/model.safetensors`, size - 100);
    },
    sentence: /^Cannot read ".*\/toy\/model\.safetensors": /,
  },
  {
    what: "a results folder that is a plain file",
    make: ({ results }) => Deno.writeTextFile(results, "mine"),
    sentence: /^Cannot write results to ".*\/results": .*; make room there or choose another /,
  },
  {
    what: "a results folder below a plain file",
    make: ({ folder }) => Deno.writeTextFile(`${folder}/file`, "mine"),
    args: ({ folder }) => ["--results", `${folder}/file/results`],
    sentence: /^Cannot write results to ".*\/file\/results": Not a directory /,
  },
];

Deno.test("a mistake ends in one sentence and exit code 1, and changes nothing", async () => {
  const check = ({ what, make, args, sentence }: Mistake) =>
    inWorld(async (world) => {
      await make?.(world);
      const before = await snapshot(world.folder);
      const { code, errors, output } = await run(world, ...args?.(world) ?? []);
      assertEquals(code, 1, what);
      assertMatch(errors.trimEnd(), sentence, what);
      assertEquals(errors.trimEnd().split("\n").length, 1, what);
      assertEquals(output, "", what);
      // features of files that were read may be kept, and the results folder may be there, empty
      const { results = "", ...after } = await snapshot(world.folder);
      const kept = Object.entries(after).filter(([path]) => !path.startsWith("cache"));
      assertEquals({ results: "", ...before }, { ...Object.fromEntries(kept), results }, what);
    });
  // two at a time, as most of it is starting up
  for (let i = 0; i < mistakes.length; i += 2) {
    await Promise.all(mistakes.slice(i, i + 2).map(check));
  }
});

Deno.test("a signal to stop ends a run after its step, saves it and says how to go on", async () => {
  const world = await makeWorld({ train: 640, dev: 6 }); // long enough to be stopped
  const run = "sample-refine-toy/multitask/seed-1";
  const stopped = async (name: "SIGINT" | "SIGTERM", code: number) => {
    const results = `${world.folder}/${name}`;
    await Deno.mkdir(`${results}/${run}`, { recursive: true });
    await Deno.writeTextFile(`${results}/${run}/run.json`, "the run before");
    const child = start(world, ["--results", results, "--only", "refine"]);
    await training(`${results}/${run}`);
    child.kill(name);
    const found = await ended(child);
    assertEquals(found.code, code);
    assertMatch(
      found.errors,
      /: stopped\nStopped; what is done is saved: give the same command again to go on\.\n$/,
    );
    assertEquals(await Deno.readTextFile(`${results}/${run}/run.json`), "the run before");
    const files = Object.keys(await snapshot(results));
    const saved = files.filter((file) => /unfinished\/checkpoints\/step-\d+\/check/.test(file));
    assertEquals(saved.length, 1, files.join());
  };
  await Promise.all([stopped("SIGINT", 130), stopped("SIGTERM", 143)]);
  await Deno.remove(world.folder, { recursive: true });
});

Deno.test("a second run in the same results folder is refused while the first one lives", () =>
  inWorld(async (world) => {
    const lock = await openResults(world.results);
    const refused = await run(world, "--only", "refine", "--steps", "2");
    assertEquals([refused.code, refused.output], [1, ""]);
    assertMatch(
      refused.errors,
      /^Results folder ".*" is being written by process \d+: wait for it/,
    );
    lock[Symbol.dispose]();
    assertEquals((await run(world, "--only", "refine", "--steps", "2")).code, 0);
  }));
