import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { saveCheckpoint } from "../../../lib/model/checkpoint.ts";
import { openResults } from "../../../lib/run/results.ts";
import { parseSwitches } from "../../../lib/dev/switches/main.ts";
import { measureSwitches, trainingsOf } from "../../../lib/dev/switches/measure.ts";
import type { SwitchRecord } from "../../../lib/dev/switches/records.ts";
import { variantNames } from "../../../lib/dev/switches/settings.ts";
import { startTensorFlow } from "../../../lib/tensorflow/backend.ts";
import { captured, toyValues } from "../../support/toy.ts";
import { argumentsIn, makeWorld, snapshot, type World } from "../../support/toy_world.ts";

/** Lends a world with a test file for ranking. */
async function inWorld(use: (world: World) => Promise<void>): Promise<void> {
  const world = await makeWorld({ train: 16, dev: 6 });
  const lines = Array.from({ length: 10 }, (_, row) => `${row}\twhat is ${row >> 1}\tthe cat`);
  const text = ["index\tquestion\tsentence", ...lines].join("\n") + "\n";
  await Deno.writeTextFile(`${world.data}/QNLI/test.tsv`, text);
  try {
    await use(world);
  } finally {
    await Deno.remove(world.folder, { recursive: true });
  }
}

/** Runs the command in this process; features are kept in the world. */
async function measure(
  world: World,
  args: readonly string[],
  options: { readonly signal?: AbortSignal; readonly watch?: (text: string) => void } = {},
): Promise<{ readonly output: string; readonly errors: string; readonly markdown: string }> {
  await startTensorFlow(); // from the user's cache, before that is another one
  const cache = Deno.env.get("XDG_CACHE_HOME");
  Deno.env.set("XDG_CACHE_HOME", `${world.folder}/cache`);
  let markdown = "";
  try {
    const parsed = parseSwitches(argumentsIn(world, ...args))!;
    const told = await captured(async () => {
      markdown = await measureSwitches(parsed, options.signal);
    }, options.watch);
    return { ...told, markdown };
  } finally {
    if (cache === undefined) Deno.env.delete("XDG_CACHE_HOME");
    else Deno.env.set("XDG_CACHE_HOME", cache);
  }
}

const short = ["--seeds", "2", "--steps", "2", "--only", "keepPremiseCut"];

Deno.test("trainings are planned seed by seed, each switch's setting with its fixed", () => {
  const shown = (only: (typeof variantNames)[number][], seeds = 2) =>
    trainingsOf({ seeds, only, precision: "float32" })
      .map(({ setting, variant, seed }) => `${setting.name} ${variant ?? "fixed"} ${seed}`);
  assertEquals(shown(["keepPremiseCut", "faithful"]), [
    ...["together fixed 1", "together faithful 1", "ranking fixed 1", "ranking keepPremiseCut 1"],
    ...["together fixed 2", "together faithful 2", "ranking fixed 2", "ranking keepPremiseCut 2"],
  ]);
  assertEquals(shown(["rankingTestFromTraining"]), []);
  const whole = trainingsOf({ seeds: 3, precision: "float32" });
  assertEquals(whole.length, 3 * (variantNames.length - 1 + 4)); // 4 settings have a fixed each
});

Deno.test("records and tables are written, and kept by who comes again", () =>
  inWorld(async (world) => {
    const { markdown, output } = await measure(world, short);
    assertEquals(output, "");
    const before = await snapshot(world.results);
    const names = Object.keys(before).filter((name) => name.endsWith(".json")).sort();
    assertEquals(
      names,
      ["fixed", "keepPremiseCut"].flatMap((variant) =>
        [1, 2].map((seed) => `switches/ranking-toy/${variant}/seed-${seed}.json`)
      ),
    );
    assertEquals(before["switches.md"], new TextDecoder("latin1").decode(bytesOf(markdown)));
    assertStringIncludes(markdown, "**Cut short after 2 steps: not a result.**");
    assertStringIncludes(markdown, "test rows that are training rows: 0 of 5 → 8 of 8");
    assertMatch(markdown, /\| `keepPremiseCut` .* \| 2 \| /);
    assertMatch(markdown, /\| `decayEverything` .* \| - \| - \| - \|\n/);
    checkRecord(JSON.parse(before["switches/ranking-toy/keepPremiseCut/seed-2.json"]!));

    const again = await measure(world, short);
    assertEquals(again.output.match(/: finished before, kept\n/g)?.length, 4);
    assertEquals(await snapshot(world.results), before);
  }));

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What one needs to know to make it again. */
function checkRecord(record: SwitchRecord): void {
  const { identity, configuration, rows, scores, steps, circumstances } = record;
  assertMatch(identity, /^[0-9a-f]{64}$/);
  const { setting, seed, maxSteps, precision, preset, files } = configuration;
  assertEquals([setting, seed, maxSteps, precision], ["ranking", 2, 2, "float32"]);
  assertEquals((preset as { name: string }).name, "fixed+keepPremiseCut");
  assertEquals(Object.keys(files as object), ["qnli_rank/train", "qnli_rank/dev"]);
  assertEquals(rows["qnli_rank/dev"], {
    ...{ file: "QNLI/dev.tsv", subset: false, drawn: 3, of: 3, changed: 0 },
    frequent: rows["qnli_rank/dev"]!.frequent,
  });
  assertEquals(rows["qnli_rank/train"]!.drawn, 8);
  assertEquals([Object.keys(scores), steps], [["qnli_rank"], 2]);
  assert(circumstances.seconds > 0 && circumstances.commit !== "");
}

Deno.test("what the numbers depend on is trained anew, and the table has nothing else", () =>
  inWorld(async (world) => {
    const only = ["--only", "keepPremiseCut"];
    await measure(world, ["--seeds", "1", "--steps", "2", ...only]);
    const again = await measure(world, ["--seeds", "2", "--steps", "3", ...only]);
    assertEquals(again.output, ""); // nothing was kept
    assertMatch(again.markdown, /\| `keepPremiseCut` .* \| 2 \| /);
    const { markdown, output } = await measure(world, ["--seeds", "1", "--steps", "3", ...only]);
    assertEquals(output.match(/kept\n/g)?.length, 2);
    assertMatch(markdown, /\| `keepPremiseCut` .* \| 2 \| /); // both seeds were made like this
    const file = `${world.data}/QNLI/train.tsv`;
    const row = "16\twhat is new\tthe cat\tentailment\n";
    await Deno.writeTextFile(file, row, { append: true });
    const counted = await measure(world, ["--only", "rankingTestFromTraining", "--steps", "3"]);
    assertMatch(counted.markdown, /\| `keepPremiseCut` .* \| - \| - \| - \|\n/); // of older data
  }));

Deno.test("a stop keeps what is finished, and the same command goes on", () =>
  inWorld(async (world) => {
    const controller = new AbortController();
    const stop = (text: string) => {
      if (text.includes("ranking/keepPremiseCut")) controller.abort("SIGINT");
    };
    const options = { signal: controller.signal, watch: stop };
    const reason = await measure(world, short, options).catch((error) => error);
    assertEquals(reason, "SIGINT");
    const files = Object.keys(await snapshot(world.results));
    assertEquals(files.filter((name) => /\.(json|md|csv)$/.test(name)), [
      "switches/ranking-toy/fixed/seed-1.json",
    ]);
    const { output } = await measure(world, short);
    assertEquals(output, "ranking/fixed/seed-1 (1 of 4): finished before, kept\n");
  }));

Deno.test("trainings start from a refinement's encoder where one is named", () =>
  inWorld(async (world) => {
    const refined = `${world.folder}/refined`;
    const save = (values: ReturnType<typeof toyValues>) =>
      saveCheckpoint(`${refined}/checkpoint`, {
        parameters: {
          ...values,
          "heads/rte/output/bias": { shape: [2], values: new Float32Array(2) },
        },
        state: {},
      });
    const args = ["--seeds", "1", "--steps", "2", "--only", "keepPremiseCut"];
    const scored = async (...more: string[]) => {
      const { markdown } = await measure(world, [...args, ...more]);
      return /\| QNLI as ranking .*\|\n/.exec(markdown)![0];
    };
    const folders = async () =>
      Object.keys(await snapshot(world.results)).filter((name) => /fixed\/seed/.test(name));
    await save(toyValues());
    const plain = await scored();
    assertEquals(await scored("--refined", refined), plain); // the same values score the same
    assertEquals(
      await folders(),
      [
        ...[
          "switches/ranking-toy/fixed/seed-1.json",
          "switches/ranking-toy-refined/fixed/seed-1.json",
        ],
      ].sort(),
    );
    await save(toyValues(2));
    const { output, markdown } = await measure(world, [...args, "--refined", refined]);
    assertEquals(output, ""); // other values, other trainings
    assertStringIncludes(markdown, "in short trainings of toy, refined in float32");
    const missing = ["--refined", `${world.folder}/nowhere`];
    await assertRejects(() => measure(world, [...args, ...missing]), Error, "Cannot load ");
  }));

Deno.test("two commands don't write the same records", () =>
  inWorld(async (world) => {
    using _lock = await openResults(`${world.results}/switches`);
    const sentence = /^Results folder ".*\/switches" is being written by process \d+: wait /;
    assertMatch((await assertRejects(() => measure(world, short), Error)).message, sentence);
  }));

Deno.test("missing data are told before anything is trained", () =>
  inWorld(async (world) => {
    await Deno.remove(`${world.data}/QNLI/test.tsv`);
    const told = (args: readonly string[], sentence: string) =>
      assertRejects(() => measure(world, args), Error, sentence);
    await told(["--only", "rankingTestFromTraining"], 'Cannot find "QNLI/test.tsv" in ');
    await Deno.remove(`${world.data}/STS-B/dev.tsv`);
    await told(["--only", "decayEverything"], 'Cannot find "STS-B/dev.tsv" in ');
    await told(["--data", `${world.folder}/nowhere`], "Cannot find the data folder ");
    assertEquals(Object.keys(await snapshot(world.results)), ["switches"]);
    // what needs neither file is measured without them
    const args = ["--seeds", "1", "--steps", "2", "--only", "keepPremiseCut"];
    const { markdown } = await measure(world, args);
    assertMatch(markdown, /\| `keepPremiseCut` .* \| 1 \| /);
    assertMatch(markdown, /\| `rankingTestFromTraining` .* \| - \| - \| - \| - \| - \|\n/);
  }));
