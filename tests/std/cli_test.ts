import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parseArgs } from "@std/cli";
import { ProgressBar } from "@std/cli/unstable-progress-bar";

Deno.test("parseArgs() reads long options, short options and the rest", () => {
  assertEquals(parseArgs(["-x", "3", "-n5", "-abc", "--beep=boop", "foo", "bar"]), {
    _: ["foo", "bar"],
    x: 3,
    n: 5,
    a: true,
    b: true,
    c: true,
    beep: "boop",
  });
  assertEquals(parseArgs(["--rate", "5e-5", "--file=a=b", "-o=p", "--flag"]), {
    _: [],
    rate: 5e-5,
    file: "a=b",
    o: "p",
    flag: true,
  });
});

Deno.test("parseArgs() makes numbers of what looks like one, unless told it is a string", () => {
  assertEquals(parseArgs(["--seed", "1", "2", "x2"]), { _: [2, "x2"], seed: 1 });
  assertEquals(parseArgs(["--seed", "1", "2"], { string: ["seed", "_"] }), {
    _: ["2"],
    seed: "1",
  });
  assertEquals(parseArgs(["--a=-1.5", "--b=0x10", "--c=1e3", "--d=1-2"]), {
    _: [],
    a: -1.5,
    b: 16,
    c: 1000,
    d: "1-2",
  });
});

Deno.test("parseArgs() gives a string option without a value the empty text", () => {
  const { task, split } = parseArgs(["--task"], { string: ["task", "split"] });
  assertEquals(task, "");
  assertEquals(split, undefined);
});

Deno.test("parseArgs() leaves the argument after a boolean alone, except true and false", () => {
  assertEquals(parseArgs(["--force", "rte"], { boolean: ["force"] }), { _: ["rte"], force: true });
  assertEquals(parseArgs(["--force", "false", "rte"], { boolean: ["force"] }), {
    _: ["rte"],
    force: false,
  });
  assertEquals(parseArgs(["--force=false"], { boolean: ["force"] }).force, false);
  assertEquals(parseArgs([], { boolean: ["force"] }), { _: [], force: false });
  assertEquals(parseArgs(["--any", "rte"], { boolean: true }), { _: ["rte"], any: true });
});

Deno.test("parseArgs() keeps the last value, or all of a collected option", () => {
  assertEquals(parseArgs(["--seed", "1", "--seed", "2"]).seed, 2);
  const { seed, task } = parseArgs(["--seed=1", "--seed=2"], {
    string: ["seed", "task"],
    collect: ["seed", "task"],
  });
  assertEquals(seed.map((text) => text.length), [1, 1]);
  assertEquals(seed, ["1", "2"]);
  assertEquals(task, []);
});

Deno.test("parseArgs() takes a default only where nothing is given", () => {
  const options = {
    string: ["size"],
    boolean: ["plots"],
    default: { size: "sample", plots: true, seed: 7 },
  } as const;
  assertEquals(parseArgs([], options), { _: [], size: "sample", plots: true, seed: 7 });
  assertEquals(parseArgs(["--size", "paper", "--seed=8"], options), {
    _: [],
    size: "paper",
    plots: true,
    seed: 8,
  });
  const size: string = parseArgs([], options).size;
  assertEquals(size.length, 6);
});

Deno.test("parseArgs() takes no name for a known one because every object has it", () => {
  const unknown: string[] = [];
  const options = {
    string: ["size"],
    default: { size: "s" },
    unknown: (arg: string) => {
      unknown.push(arg);
      return false;
    },
  } as const;
  const args = ["--constructor", "--toString=1", "--__proto__=2", "--hasOwnProperty"];
  assertEquals(parseArgs(args, options), { _: [], size: "s" });
  assertEquals(unknown, args);
  const negatable = ["toString"] as const;
  assertThrows(() => parseArgs([], { default: { size: "s" }, negatable }), TypeError, "toString");
});

Deno.test("parseArgs() sets all names of an option", () => {
  assertEquals(parseArgs(["-t", "rte"], { string: ["task"], alias: { task: ["t", "name"] } }), {
    _: [],
    t: "rte",
    task: "rte",
    name: "rte",
  });
  assertEquals(parseArgs([], { boolean: ["help"], alias: { help: "h" } }), {
    _: [],
    h: false,
    help: false,
  });
});

Deno.test("parseArgs() negates what is negatable, and nothing else", () => {
  const options = { boolean: ["plots"], negatable: ["plots"], default: { plots: true } } as const;
  assertEquals(parseArgs(["--no-plots"], options).plots, false);
  assertEquals(parseArgs(["--plots"], options).plots, true);
  assertEquals(parseArgs(["--no-plots"]), { _: [], "no-plots": true });
});

Deno.test("parseArgs() stops at two hyphens, and at the first argument when told to", () => {
  assertEquals(parseArgs(["--a", "1", "--", "--b", "2"]), { _: ["--b", "2"], a: 1 });
  assertEquals(parseArgs(["--a=1", "x", "--", "--b"], { "--": true }), {
    _: ["x"],
    a: 1,
    "--": ["--b"],
  });
  assertEquals(parseArgs(["--a=1", "run", "--b", "2"], { stopEarly: true }), {
    _: ["run", "--b", 2],
    a: 1,
  });
});

Deno.test("parseArgs() asks about what it doesn't know, and leaves it out on false", () => {
  const asked: unknown[] = [];
  const options = {
    string: ["task"],
    boolean: ["force"],
    alias: { task: "t" },
    unknown: (arg: string, key?: string, value?: unknown) => {
      asked.push(key === undefined ? [arg] : [arg, key, value]);
      return false;
    },
  } as const;
  assertEquals(parseArgs(["-t", "rte", "--tsak=cola", "--force", "extra"], options), {
    _: [],
    t: "rte",
    task: "rte",
    force: true,
  });
  assertEquals(asked, [["--tsak=cola", "tsak", "cola"], ["extra"]]);
});

Deno.test("parseArgs() makes nested records of dotted names, without touching prototypes", () => {
  assertEquals(parseArgs(["--train.rate", "0.1", "--train.seed=2"]), {
    _: [],
    train: { rate: 0.1, seed: 2 },
  });
  parseArgs(["--__proto__.polluted", "yes", "--constructor.prototype.polluted", "yes"]);
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("parseArgs() refuses to negate an option it doesn't know", () => {
  assertThrows(() => parseArgs([], { boolean: ["a"], negatable: ["b"] }), TypeError);
});

Deno.test("ProgressBar draws at the start and at the end, and leaves the stream open", async () => {
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
  const drawn = new Response(readable).text();
  const bar = new ProgressBar({
    writable,
    max: 4,
    barLength: 4,
    formatter: ({ progressBar, value, max }) => `${progressBar} ${value}/${max}`,
  });
  bar.value += 2;
  await bar.stop();
  assert(!writable.locked);
  await writable.close();
  assertMatch(await drawn, /---- 0\/4[^]*##-- 2\/4 *\n/);
});
