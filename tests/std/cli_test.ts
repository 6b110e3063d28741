import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli";

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
  const { _: rest, seed } = parseArgs(["--seed", "1", "2"], { string: ["seed", "_"] });
  assertEquals([rest as unknown, seed], [["2"], "1"]);
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
});

Deno.test("parseArgs() negates what is negatable, and nothing else", () => {
  const options = { boolean: ["plots"], negatable: ["plots"], default: { plots: true } } as const;
  assertEquals(parseArgs(["--no-plots"], options).plots, false);
  assertEquals(parseArgs(["--plots"], options).plots, true);
  assertEquals(parseArgs(["--no-plots"]), { _: [], "no-plots": true });
});

Deno.test("parseArgs() negates an option that is not declared, too", () => {
  const asked: unknown[] = [];
  const negatable = ["plots", "toString"] as const;
  assertEquals(parseArgs([], { boolean: ["force"], negatable }), { _: [], force: false });
  assertEquals(parseArgs(["--no-plots"], { negatable }), { _: [], plots: false });
  parseArgs(["--no-toString"], { negatable, unknown: (...all) => void asked.push(all) });
  assertEquals(asked, [["--no-toString", "toString", false]]);
});

Deno.test("parseArgs() stops at two hyphens, and leaves all after them as it is", () => {
  assertEquals(parseArgs(["--a", "1", "2", "--", "--b", "3", "--"]), {
    _: [2, "--b", "3", "--"],
    a: 1,
  });
});

Deno.test("parseArgs() asks about what it doesn't know, and leaves it out on false", () => {
  const asked: unknown[] = [];
  const options = {
    string: ["task"],
    boolean: ["force"],
    unknown: (arg: string, key?: string, value?: unknown) => {
      asked.push(key === undefined ? [arg] : [arg, key, value]);
      return false;
    },
  } as const;
  assertEquals(parseArgs(["--task", "rte", "--tsak=cola", "--force", "extra"], options), {
    _: [],
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
