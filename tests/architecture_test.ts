import { assertEquals } from "@std/assert";

/**
 * What each room of lib may import besides itself: other rooms ("input/"), single files
 * ("input/readers"), packages ("@std/csv", "@tensorflow/*"). A new file at the top of lib and a new
 * room need a line here. `node:` modules that don't touch the disk are free to all.
 */
const rooms: Readonly<Record<string, readonly string[]>> = {
  // Nouns and numbers: plain functions.
  "types": [],
  "random": [],
  "quote": [],
  "garbage": [],
  "statistics": [],
  "confusion": [],
  "correlation": [],
  "significance": ["statistics"],
  "metrics": ["types", "confusion", "correlation"],
  // Files and downloads.
  "safetensors": ["quote"],
  "disk": [],
  "fetch/": ["quote", "disk", "@std/cli/*", "@zip.js/zip.js"],
  "sample/": ["types", "random", "disk"],
  // From an official file to a batch.
  "input/": ["types", "random", "quote", "safetensors", "disk", "fetch/", "@huggingface/*"],
  // TensorFlow, and what is built with it. Only these handle tensors.
  "tensorflow/": ["fetch/", "@tensorflow/*"],
  "model/": ["types", "random", "quote", "safetensors", "disk", "fetch/", "tensorflow/"],
  "train/": [
    ...["types", "random", "metrics", "statistics", "safetensors", "disk"],
    ...["tasks", "presets", "input/", "model/", "tensorflow/"],
  ],
  // Central records.
  "tasks": [
    "types",
    "metrics",
    "input/readers",
    "input/layouts",
    "input/ranking", // how its rows are paired is a ranking task's own choice
    "model/heads",
    "model/objectives",
  ],
  "task_check": ["quote", "metrics", "tasks", "input/readers"],
  "presets": ["types"],
  "experiments": ["types", "tasks", "presets", "model/encoder", "model/config"],
  // The job layer: from a command's options to finished runs. No tensors are handled here; of
  // tensorflow/ it needs the word for a precision, the start, and the versions that runs record.
  "prepare": ["types", "random", "presets", "tasks", "task_check", "input/"],
  "results": ["types", "quote", "disk", "report/", "run/folder"],
  "circumstances": ["tensorflow/runtime"],
  "run/": [
    ...["types", "random", "disk", "presets", "tasks", "experiments", "prepare", "report/runs"],
    ...["quote", "garbage", "model/", "train/", "tensorflow/operations/matmul"],
  ],
  "terminal": ["types", "tasks", "prepare", "run/", "report/"],
  "workshop": [
    ...["random", "presets", "tasks", "experiments", "prepare", "run/plan", "run/saving"],
    ...["terminal", "report/runs", "input/", "model/pretrained", "tensorflow/operations/matmul"],
    "train/options",
  ],
  "runs": ["presets", "run/", "results", "circumstances", "workshop", "input/download"],
  "stages": [
    ...["random", "experiments", "workshop", "runs"],
    ...["model/checkpoint", "model/parameters", "model/pretrained"],
  ],
  "opening": [
    ...["tasks", "experiments", "prepare", "workshop", "stages"],
    ...["input/", "model/pretrained"],
  ],
  "pipeline": [
    ...["tasks", "experiments", "results", "circumstances", "terminal", "workshop", "stages"],
    ...["runs", "opening", "tensorflow/backend"],
  ],
  "study": [
    ...["types", "tasks", "experiments", "prepare", "results", "run/", "terminal", "report/plots"],
    ...[
      "workshop",
      "runs",
      "opening",
      "stages",
      "train/reading",
      "input/files",
      "model/",
      "tensorflow/backend",
    ],
  ],
  // What command lines share.
  "arguments": ["quote"],
  "stopping": [],
  // Measuring and checking: they run the layers below them as a user would.
  "switches/": [
    ...["types", "random", "statistics", "significance", "circumstances", "presets", "tasks"],
    ...["experiments", "prepare", "results", "run/", "terminal", "input/", "model/", "train/"],
    ...["tensorflow/backend", "tensorflow/operations/matmul", "@std/csv"],
  ],
  "bench/": [
    ...["types", "quote", "random", "statistics", "circumstances", "prepare", "presets", "tasks"],
    ...["safetensors", "disk", "garbage", "fetch/", "input/", "model/", "train/", "tensorflow/"],
    "report/",
  ],
  "parity/": [
    ...["types", "random", "metrics", "safetensors", "disk", "presets", "tasks", "prepare"],
    ...["quote", "input/", "model/", "train/", "tensorflow/"],
  ],
  // What a person sees.
  "report/": [
    ...["types", "random", "quote", "metrics", "statistics", "significance", "disk"],
    ...["@std/csv", "@std/cli/*", "plotly.js*", "jsdom", "@resvg/*"],
  ],
  "lab/": ["disk", "fetch/"],
  "notebook/": [
    ...["types", "quote", "disk", "report/", "terminal"],
    ...["marked", "highlight.js/*", "temml", "sanitize-html"],
  ],
  "std/": [],
};

/** Command lines: they may import everything below them, and touch the world. */
const commands: readonly string[] = [
  ...["reproduce", "predict", "refine", "finetune", "adapt", "train", "evaluate"],
  ...["setup", "download", "export", "preprocess", "bench", "parity", "conformance", "sample"],
  ...["gate", "lab", "kernel", "notebooks", "notebook", "switches"],
];

/** The disk border: who else may touch disk, network, environment or other programs, and for what. */
const borders: Readonly<Record<string, string>> = {
  "disk": "writes files whole or not at all",
  "fetch/": "downloads, unpacks and keeps archives",
  "input/files": "reads official files",
  "input/cache": "keeps features between runs",
  "input/tokenizer": "reads vocabulary files",
  "input/download": "fetches official data",
  "input/hub": "fetches weights and data from a hub",
  "model/checkpoint": "writes and reads checkpoints",
  "model/pretrained": "reads published weights",
  "tensorflow/library": "finds and fetches the library",
  "tensorflow/symbols": "opens the library",
  "tensorflow/runtime": "quietens the library's log",
  "tensorflow/cluster": "reads which processes work together",
  "tensorflow/conformance/": "reads the tests that tfjs comes with",
  "bench/": "starts the processes that measure, reads their memory, writes what they start from",
  "parity/reference": "reads the recorded numbers",
  "results": "keeps other processes away, reads runs again, writes tables",
  "study": "looks whether a run is there",
  "run/left": "reads what a run wrote",
  "run/folder": "writes runs whole or not at all",
  "run/checkpoints": "keeps the last checkpoints of a run",
  "circumstances": "asks git for the commit",
  "switches/records": "keeps the record of each training",
  "lab/": "installs and runs JupyterLab, and writes kernel specs",
  "report/picture": "reads plotly.js, resvg and the font from their packages",
  "report/figure_files": "writes pictures whole or not at all",
  "notebook/": "runs notebook kernels, reads and checks notebooks",
};

/** Members of `Deno` that reach nothing outside the process but its own output. */
const harmless = new RegExp(
  "^(errors|build|version|args|exit|exitCode|pid|inspect|stdout|stderr|consoleSize|noColor|jupyter" +
    "|memoryUsage|addSignalListener|removeSignalListener|Signal|unrefTimer|refTimer|TestContext" +
    "|FsFile|FileInfo|DirEntry|SeekMode|ConsoleSize|PointerValue|PointerObject|UnsafePointer" +
    "|UnsafePointerView|UnsafeFnPointer|UnsafeCallback|UnsafeWindowSurface|NativeType" +
    "|ForeignLibraryInterface|ForeignFunction|StaticForeignLibraryInterface|DynamicLibrary" +
    "|UnsafeCallbackDefinition)$",
);
const worldly = /(?<![\w.#])(?:fetch\(|new WebSocket\b|new EventSource\b|localStorage\b|caches\.)/;
const worldlyModules = /^node:(fs|child_process|net|http|https|http2|tls|dgram|dns|os|process)\b/;

/** Test files that mirror no file of lib, and what they test instead. */
const wholes: Readonly<Record<string, string>> = {
  "architecture": "the folders",
  "bench/pytorch": "lib/bench/pytorch.py",
  "tensorflow/determinism": "that compiled steps repeat bit for bit",
  "tensorflow/memory": "that repeated calls leak nothing",
  "tensorflow/operations/harness": "the harness of the operations' tests",
  "tensorflow/operations/operations": "every operation, one table of cases",
  "tensorflow/trace_calls": "calls of compiled functions (trace.ts)",
  "tensorflow/trace_errors": "errors of compiled functions (trace.ts)",
  "faults": "that a run survives kills, full disks and clocks",
  "soak": "that long runs take no more of anything",
  "precision": "that training in bfloat16 scores as in float32",
  "fuzz/archives": "damaged downloads",
  "fuzz/caches": "damaged feature caches",
  "fuzz/checkpoints": "damaged checkpoints",
  "fuzz/commands": "mistyped command lines",
  "fuzz/encoders": "damaged folders of encoders",
  "fuzz/left": "damaged logs and predictions",
  "fuzz/notebooks": "damaged notebooks",
  "fuzz/official": "damaged official files",
  "fuzz/references": "damaged recorded values",
  "fuzz/results": "damaged records of runs",
  "fuzz/safetensors": "damaged safetensors files",
  "fuzz/scores": "metrics and tables without spread or rows",
  "fuzz/task_records": "mistaken records of tasks",
  "fuzz/tokenizers": "damaged tokenizers, and strange texts",
  "notebooks": "notebooks/",
  "readme": "README.md",
};

const top = ["deno.json", "notebooks", "lib", "data", "results", "tests", "README.md"];

interface Source {
  /** Path below lib, without the ending: "input/files". */
  readonly path: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
}

const root = new URL("../", import.meta.url);

/** Every file that is, or would be, in the repository; with its folders. */
function projectFiles(): string[] {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { success, stdout, stderr } = new Deno.Command("git", { args, cwd: root }).outputSync();
  if (!success) throw new Error(`Cannot list files: ${new TextDecoder().decode(stderr)}`);
  const files = new Set(new TextDecoder().decode(stdout).split("\0").filter((path) => path));
  return [...files].filter(exists).sort();
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(new URL(path, root)).isFile;
  } catch {
    return false;
  }
}

const files = projectFiles();
const read = (path: string) => Deno.readTextFileSync(new URL(path, root));
const sources: readonly Source[] = files
  .filter((file) => file.startsWith("lib/") && file.endsWith(".ts"))
  .map((file) => {
    const text = read(file);
    const lines = text.split("\n").filter((line) => !/^\s*(\/\/|\/\*|\*(\s|\/|$))/.test(line));
    return { path: file.slice("lib/".length, -".ts".length), text, code: lines.join("\n") };
  });

/** What a source imports: paths below lib, or names of packages. */
function imports({ path, code }: Source): string[] {
  const statements = /^(?:import|export)\s(?:[^;"'=]*?\sfrom\s+)?["']([^"']+)["']/gm;
  const expressions = /\bimport\(\s*["'`]([^"'`]+)["'`]/g;
  return [...code.matchAll(statements), ...code.matchAll(expressions)].map(([, name]) => {
    if (!name!.startsWith(".")) return name!;
    const url = new URL(name!, `file:///lib/${path}.ts`);
    return url.pathname.replace(/^\/lib\//, "").replace(/\.ts$/, "");
  });
}

function roomOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/") + 1) : path;
}

/** Whether `name` is the entry, lies in the room it names, or matches its star. */
function matches(entry: string, name: string): boolean {
  if (entry.endsWith("*")) return name.startsWith(entry.slice(0, -1).replace(/\/$/, ""));
  return name === entry || (entry.endsWith("/") && name.startsWith(entry));
}

Deno.test("every room of lib imports only what the table allows", () => {
  const wrong: string[] = [];
  for (const source of sources) {
    const room = roomOf(source.path);
    if (commands.includes(room)) continue;
    const allowed = rooms[room];
    if (allowed === undefined) {
      wrong.push(`lib/${source.path}.ts is in no room: add a line for "${room}" to the table`);
      continue;
    }
    for (const name of imports(source)) {
      if (name.startsWith("node:") || roomOf(name) === room) continue;
      if (!allowed.some((entry) => matches(entry, name))) {
        wrong.push(`lib/${source.path}.ts imports ${name}, which "${room}" may not`);
      }
    }
  }
  assertEquals(wrong, []);
});

Deno.test("no file of lib imports itself by way of others", () => {
  const graph = new Map(sources.map((source) => [source.path, imports(source)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, way: readonly string[]) => {
    if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(" -> "));
    if (way.includes(path) || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  assertEquals(cycles, []);
});

Deno.test("only the disk border touches disk, network, environment and other programs", () => {
  const wrong = sources
    .filter(({ path }) => !Object.keys(borders).some((entry) => matches(entry, path)))
    .filter(({ path }) => !commands.includes(path) && roomOf(path) !== "std/")
    .flatMap((source) => [
      ...[...source.code.matchAll(/\bDeno\.(\w+)/g)]
        .filter(([, member]) => !harmless.test(member!))
        .map(([use]) => `lib/${source.path}.ts uses ${use}`),
      ...(source.code.match(worldly) ?? []).map((use) => `lib/${source.path}.ts uses ${use}`),
      ...imports(source).filter((name) => worldlyModules.test(name))
        .map((name) => `lib/${source.path}.ts imports ${name}`),
    ]);
  assertEquals(wrong, []);
});

Deno.test("every file of lib starts by telling what it is for", () => {
  const silent = sources.filter(({ text }) => !/^\/\*\*(?:(?!\*\/)[^])*@module\b/.test(text));
  assertEquals(silent.map(({ path }) => path), []);
});

Deno.test("every test file mirrors a file or folder of lib", () => {
  const paths = new Set(sources.map(({ path }) => path));
  const stray = files
    .map((file) => /^tests\/(.+)_test\.ts$/.exec(file)?.[1])
    .filter((path) => path !== undefined)
    .filter((path) => !paths.has(path) && !(path in wholes))
    .filter((path) => !sources.some((source) => source.path.startsWith(`${path}/`)));
  assertEquals(stray, []);
});

Deno.test("nothing lies at the top but the fixed files and folders", () => {
  const names = new Set(files.map((file) => file.split("/")[0]!));
  assertEquals([...names].filter((name) => !top.includes(name) && !name.startsWith(".")), []);
});

Deno.test("no command asks for all permissions", () => {
  // In pieces, as below: this file is searched too.
  const all = new RegExp(`--allow${"-all"}|\\bdeno\\s+(?:\\w+\\s+)?-${"A"}\\b`);
  const texts = files.filter((file) => !/^(data|results|tests\/fixtures)\//.test(file));
  assertEquals(texts.filter((file) => all.test(read(file))), []);
});

Deno.test("no file names a package registry's host or a path of one person's machine", () => {
  const hosts = [
    ...[["npmjs", "org"], ["npmjs", "com"], ["yarnpkg", "com"], ["jsr", "io"], ["pypi", "org"]],
    ...[["pythonhosted", "org"], ["crates", "io"], ["golang", "org"], ["debian", "org"]],
  ].map((parts) => `\\b${parts.join("\\.")}\\b`);
  // Ada's home stands in examples for anyone's.
  const homes = ["work", "root", "home", "Users"].map((name) =>
    `(?<![\\w.+/-])/${name}/(?!ada\\b)`
  );
  const found = new RegExp([...hosts, ...homes].join("|"));
  const wrong = files.flatMap((file) => {
    const match = found.exec(read(file));
    return match === null ? [] : [`${file} has ${match[0]}`];
  });
  assertEquals(wrong, []);
});
