import { assertEquals, assertNotEquals } from "@std/assert";

/**
 * What each room of lib, and each file at its top, may import besides itself: other rooms
 * ("input/"), files at the top ("types"), packages ("@std/csv", "@tensorflow/*"). `node:` modules
 * that don't touch the disk are free to all. What nothing uses fails, as does a room without a row.
 */
const rooms: Readonly<Record<string, readonly string[]>> = {
  "mod": [
    ...["types", "tasks", "recipes", "presets", "base/", "input/", "metrics/", "model/", "train/"],
    "run/",
  ],
  "types": [],
  "presets": ["train/"],
  "tasks": ["input/", "metrics/", "model/", "train/"],
  "recipes": ["tasks", "input/", "train/"],
  "base/": [],
  "hub/": ["base/", "@zip.js/zip.js", "@huggingface/hub"],
  "input/": ["types", "base/", "hub/", "@huggingface/tokenizers", "@std/csv"],
  "metrics/": ["types"],
  "tensorflow/": ["base/", "hub/", "@tensorflow/*"],
  "model/": ["types", "base/", "hub/", "tensorflow/"],
  "train/": [
    ...["types", "base/", "metrics/", "input/", "model/", "tensorflow/"],
  ],
  "report/": [
    ...["types", "base/", "metrics/"],
    ...["@std/csv", "jsdom", "@resvg/*"],
  ],
  "run/": [
    ...["types", "base/", "hub/", "input/", "metrics/", "tensorflow/", "model/", "train/"],
    ...["report/", "tasks", "presets", "recipes", "@std/cli"],
  ],
  "notebook/": [
    ...["types", "base/", "input/", "metrics/", "model/", "tensorflow/", "train/", "tasks"],
    ...["recipes", "report/", "run/"],
  ],
  "jupyter/": [
    ...["base/", "hub/", "notebook/", "marked", "highlight.js/*", "temml", "sanitize-html"],
  ],
  "cli/": [
    ...["base/", "hub/", "tensorflow/", "run/", "jupyter/", "recipes"],
    "@std/cli",
  ],
  "dev/": [
    ...["types", "base/", "hub/", "input/", "metrics/", "tensorflow/", "model/", "train/", "run/"],
    ...["report/", "tasks", "presets", "recipes", "@std/*"],
  ],
};

/** The disk border: who may touch disk, network, environment or other programs, and for what. */
const borders: Readonly<Record<string, string>> = {
  "base/disk": "writes files whole or not at all",
  "hub/": "downloads, unpacks and keeps archives, encoders and official data",
  "input/files": "reads official files",
  "input/cache": "keeps features between runs",
  "model/checkpoint": "writes and reads checkpoints",
  "model/pretrained": "reads published weights",
  "tensorflow/library": "finds and fetches the library",
  "tensorflow/symbols": "opens the library",
  "tensorflow/runtime": "quietens the library's log",
  "run/results": "keeps other processes away, reads runs again, writes tables",
  "run/folder": "writes runs whole or not at all",
  "run/checkpoints": "keeps the last checkpoints of a run",
  "run/model": "writes models whole or not at all",
  "run/machine": "asks git for the commit",
  "notebook/finished": "looks whether a run is there",
  "report/picture": "reads plotly.js, resvg and the font from their packages",
  "report/figure_files": "writes pictures whole or not at all",
  "notebook/output": "finds what Deno's own printing would show",
  "jupyter/": "installs and runs JupyterLab, runs kernels, reads and checks notebooks",
  "cli/": "command lines",
  "dev/": "the project's checks of itself",
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
  "deno/allow": ".deno/allow.ts, and the tasks of deno.json",
  "deno/jsr": ".deno/jsr.ts",
  "deno/package": ".deno/package.ts, deno.json and CITATION.cff",
  "deno/registry": ".deno/registry.ts, and the lists of .deno/jsr",
  "dev/bench/pytorch": "lib/dev/bench/pytorch.py",
  "std/assert": "@std/assert, the real one or .deno/jsr's",
  "std/cli": "@std/cli, likewise",
  "std/csv": "@std/csv, likewise",
  "std/testing": "@std/testing, likewise",
  "tensorflow/determinism": "that compiled steps repeat bit for bit",
  "tensorflow/memory": "that repeated calls leak nothing",
  "tensorflow/operations/harness": "the harness of the operations' tests",
  "tensorflow/operations/operations": "every operation, one table of cases",
  "tensorflow/trace_calls": "calls of compiled functions (trace.ts)",
  "tensorflow/trace_errors": "errors of compiled functions (trace.ts)",
  "readme": "README.md",
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
};

const top = [
  ...["deno.json", "notebooks", "lib", "data", "results", "tests", "README.md"],
  ...["LICENSE", "CITATION.cff"],
];

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

/** What each room imports besides itself and `node:` modules, and by which file. */
const arrows = sources.flatMap((source) =>
  imports(source)
    .filter((name) => !name.startsWith("node:") && roomOf(name) !== roomOf(source.path))
    .map((name) => ({ room: roomOf(source.path), file: source.path, name }))
);

Deno.test("every room of lib imports only what the table allows", () => {
  const wrong = arrows
    .filter(({ room, name }) => !rooms[room]?.some((entry) => matches(entry, name)))
    .map(({ room, file, name }) => `lib/${file}.ts imports ${name}, which "${room}" may not`);
  const unknown = [...new Set(sources.map(({ path }) => roomOf(path)))]
    .filter((room) => !Object.hasOwn(rooms, room))
    .map((room) => `"${room}" has no row in the table`);
  assertEquals([...wrong, ...unknown], []);
});

Deno.test("the table has no row and no permission that nothing uses", () => {
  const rows = Object.entries(rooms).flatMap(([room, entries]) => [
    ...(sources.some(({ path }) => roomOf(path) === room) ? [] : [`row "${room}"`]),
    ...entries
      .filter((entry) => !arrows.some((each) => each.room === room && matches(entry, each.name)))
      .map((entry) => `"${room}" imports nothing of "${entry}"`),
  ]);
  const worldly = Object.keys(borders)
    .filter((entry) =>
      !sources.some((source) => matches(entry, source.path) && worldlyUses(source).length > 0)
    )
    .map((entry) => `the border "${entry}" is touched by nobody`);
  const tests = Object.keys(wholes)
    .filter((name) => !files.includes(`tests/${name}_test.ts`))
    .map((name) => `there is no tests/${name}_test.ts`);
  assertEquals([...rows, ...worldly, ...tests], []);
});

/** Names that a file of lib exports, with what kind of thing each is. */
const exported = sources
  .filter(({ path }) => roomOf(path) !== "std/")
  .flatMap(({ path, code }) => {
    const declared =
      /^export (?:async )?(?:abstract )?(function\*?|const|let|class|interface|type) (\w+)/gm;
    const names = new Map([...code.matchAll(declared)].map(([, kind, name]) => [name!, kind!]));
    return [...names].map(([name, kind]) => ({ path, name, kind, code }));
  });

Deno.test("no two files of lib export the same name", () => {
  const places = Map.groupBy(exported, ({ name }) => name);
  const twice = [...places].filter(([, found]) => found.length > 1)
    .map(([name, found]) => `${name}: ${found.map(({ path }) => path).join(", ")}`);
  assertEquals(twice, []);
});

/** Names taken from each file of lib by import or export, by who takes them; "*" for all. */
function takenNames(): ReadonlyMap<string, ReadonlySet<string>> {
  const taken = new Map<string, Set<string>>();
  const takers = [
    ...sources.map(({ path, code }) => ({ file: `lib/${path}.ts`, code })),
    ...files.filter((file) => /^notebooks\/.*\.ipynb$/.test(file))
      .map((file) => ({ file, code: read(file).replaceAll('\\"', '"') })),
  ];
  for (const { file, code } of takers) {
    const some =
      /\{([^{}]*)\} (?:from |= await import\()"(\.[^"]+)"|\(await import\("(\.[^"]+)"\)\)\.(\w+)/g;
    const all = /(?:\* as \w+|export \*) from "(\.[^"]+)"/g;
    const add = (path: string, name: string) => {
      const key = new URL(path, `file:///${file}`).pathname.slice("/lib/".length, -".ts".length);
      taken.set(key, (taken.get(key) ?? new Set()).add(name));
    };
    for (const [, names, path, asked, own] of code.matchAll(some)) {
      if (own !== undefined) add(asked!, own);
      else for (const name of names!.matchAll(/(?:^|,)\s*(?:type )?(\w+)/g)) add(path!, name[1]!);
    }
    for (const [, star] of code.matchAll(all)) add(star!, "*");
  }
  return taken;
}

Deno.test("nothing is exported that no other file of lib takes, nor its own file and a test", () => {
  const taken = takenNames();
  const tests = files.filter((file) => /^tests\/.*\.ts$/.test(file)).map(read).join("\n");
  const mentioned = new Set(tests.match(/\w+/g));
  const unused = exported.filter(({ path, name, kind, code }) => {
    if (/(^|\/)mod$/.test(path)) return false; // a front door
    const others = taken.get(path);
    if (others?.has(name) || others?.has("*")) return false;
    const ownUses = code.match(new RegExp(`\\b${name}\\b`, "g"))!.length - 1;
    // a type has to be exported with what it describes; a value is, for its test
    const described = kind === "interface" || kind === "type";
    const tried = mentioned.has(name) || new RegExp(`import \\{[^}]*\\b${name}\\b`).test(
      sources.find((source) => source.path === path)!.text,
    );
    return ownUses === 0 || !(described || tried);
  });
  assertEquals(unused.map(({ path, name }) => `lib/${path}.ts exports ${name}`), []);
});

Deno.test("rooms have floors: no arrow runs back up", () => {
  const below = new Map(Object.keys(rooms).map((room) => [room, new Set<string>()]));
  for (const { room, name } of arrows) {
    if (below.has(roomOf(name))) below.get(room)!.add(roomOf(name));
  }
  const floors: string[][] = [];
  for (let left = [...below]; left.length > 0;) {
    const floor = left.filter(([, rooms]) => !left.some(([other]) => rooms.has(other)));
    assertNotEquals(floor, [], `${left.map(([room]) => room)} import each other`);
    floors.push(floor.map(([room]) => room));
    left = left.filter((each) => !floor.includes(each));
  }
  console.log(floors.map((floor, i) => `${i + 1}  ${floor.join(" ")}`).join("\n"));
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

/** Ways of a source to disk, network, environment or other programs. */
function worldlyUses(source: Source): string[] {
  return [
    ...[...source.code.matchAll(/\bDeno\.(\w+)/g)]
      .filter(([, member]) => !harmless.test(member!))
      .map(([use]) => `lib/${source.path}.ts uses ${use}`),
    ...(source.code.match(worldly) ?? []).map((use) => `lib/${source.path}.ts uses ${use}`),
    ...imports(source).filter((name) => worldlyModules.test(name))
      .map((name) => `lib/${source.path}.ts imports ${name}`),
  ];
}

Deno.test("only the disk border touches disk, network, environment and other programs", () => {
  const wrong = sources
    .filter(({ path }) => !Object.keys(borders).some((entry) => matches(entry, path)))
    .flatMap(worldlyUses);
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
  // what a user puts there without committing it is theirs
  const { stdout } = new Deno.Command("git", { args: ["ls-files", "-z"], cwd: root }).outputSync();
  const tracked = new TextDecoder().decode(stdout).split("\0").filter((path) => path);
  const names = new Set(tracked.map((file) => file.split("/")[0]!));
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
