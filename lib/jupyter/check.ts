/**
 * Checks notebooks without running them: types, lint, format and the rules of the house. Part of
 * `deno task check`.
 *
 * @module
 */

import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { configured, findConfig, runDeno } from "./deno.ts";
import { listNotebooks, readNotebook } from "./document.ts";
import { formatNotebooks, unformatted } from "./format.ts";
import { joinCells, type JoinedModule } from "./module.ts";
import { complaintsAbout } from "./rules.ts";

/** A notebook's file, and its cells as a module. */
interface Checked {
  /** As it is named in messages. */
  readonly file: string;
  readonly module: JoinedModule;
  /** Where the module lies: at the same path as the notebook, below a temporary folder. */
  readonly url: string;
}

/**
 * What is wrong with notebooks of one folder, each as one text with file, cell and line; none where
 * all is well. They are checked as the kernel would run them: with the deno.json found upward from
 * their folder.
 *
 * Throws where a file is no valid notebook.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { checkNotebooks } from "./check.ts";
 *
 * assertEquals(await checkNotebooks([]), []);
 * ```
 */
export async function checkNotebooks(files: readonly string[]): Promise<string[]> {
  if (files.length === 0) return [];
  const root = await Deno.makeTempDir({ prefix: "notebooks-" });
  try {
    const complaints: string[] = [];
    const checked: Checked[] = [];
    for (const file of files) {
      const notebook = await readNotebook(file);
      complaints.push(
        ...complaintsAbout(notebook).map(({ cell, message }) =>
          `${file}${cell ? ` cell ${cell}` : ""}: ${message}`
        ),
      );
      const path = join(root, resolve(file).replace(/\.ipynb$/, ".ts"));
      await Deno.mkdir(dirname(path), { recursive: true });
      const module = joinCells(notebook);
      await Deno.writeTextFile(path, module.text);
      checked.push({ file, module, url: pathToFileURL(path).href });
    }
    const config = await findConfig(dirname(resolve(files[0]!)));
    return [
      ...complaints,
      ...await typeErrors(checked, config, root),
      ...await lintErrors(checked, config),
      ...[...(await unformatted(files)).keys()].map((file) =>
        `${file}: it is not formatted: run \`deno task check --fix\`.`
      ),
    ];
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/**
 * The import map for modules that lie below `root` as the notebooks lie below the root of the disk:
 * that of the project, and relative imports lead to where they lead from a notebook.
 */
async function importMap(config: string | null, root: string): Promise<string> {
  const { imports = {} } = config ? JSON.parse(await Deno.readTextFile(config)) : {};
  const absolute = (name: string) =>
    /^\.\.?\//.test(name) ? new URL(name, pathToFileURL(config!)).href : name;
  const entries = Object.entries(imports as Record<string, string>)
    .map(([name, target]) => [absolute(name), absolute(target)]);
  const here = `${pathToFileURL(root).href}/`;
  return JSON.stringify({ imports: { ...Object.fromEntries(entries), [here]: "file:///" } });
}

const pathOf = ({ url }: Checked) => fileURLToPath(url);

async function typeErrors(
  checked: readonly Checked[],
  config: string | null,
  root: string,
): Promise<string[]> {
  const map = join(root, "import_map.json");
  await Deno.writeTextFile(map, await importMap(config, root));
  // What deno.json has locked holds, and isn't changed by what a module needs that is not there.
  const args = [...configured(config), ...(config ? ["--frozen"] : []), "--import-map", map];
  const { success, text } = await runDeno(["check", ...args, ...checked.map(pathOf)]);
  if (success) return [];
  const blocks = text.replaceAll(/^(Check .*|Found \d+ errors\.|Stack backtrace:|\s+0: .*)\n/gm, "")
    .split(/\n{2,}/).map((block) => block.trim())
    .filter((block) => block !== "" && block !== "error: Type checking failed.");
  return blocks.map((block) => located(block, checked));
}

/** Names cells and lines instead of the lines of modules. */
function located(text: string, checked: readonly Checked[]): string {
  return checked.reduce((located, { file, module, url }) => {
    const places = new RegExp(`${RegExp.escape(url)}:(\\d+):\\d+`, "g");
    return located.replaceAll(places, (_, line) => placed(file, module, Number(line)));
  }, text);
}

function placed(file: string, module: JoinedModule, line: number): string {
  const place = module.place(line);
  return place ? `${file} cell ${place.cell} line ${place.line}` : file;
}

interface Diagnostic {
  readonly filename: string;
  readonly range: { readonly start: { readonly line: number } };
  readonly message: string;
  readonly code: string;
  readonly hint?: string;
}

async function lintErrors(checked: readonly Checked[], config: string | null): Promise<string[]> {
  const args = ["lint", "--json", ...configured(config), ...checked.map(pathOf)];
  const { diagnostics, errors } = JSON.parse((await runDeno(args)).result) as {
    diagnostics: Diagnostic[];
    errors: { file_path: string; message: string }[];
  };
  return [
    ...errors.map(({ message }) => located(message, checked)),
    ...diagnostics.map(({ filename, range, message, code, hint }) => {
      const { file, module } = checked.find(({ url }) => url === filename)!;
      const where = placed(file, module, range.start.line);
      return `${where}: ${message} (${code})${hint ? `. ${hint}` : ""}`;
    }),
  ];
}

if (import.meta.main) {
  const fix = Deno.args.includes("--fix");
  const [folder = "notebooks"] = Deno.args.filter((argument) => argument !== "--fix");
  const files = await listNotebooks(folder);
  for (const file of fix ? await formatNotebooks(files) : []) console.log(`Formatted ${file}.`);
  const complaints = await checkNotebooks(files).catch((error: Error) => [error.message]);
  for (const complaint of complaints) console.error(`${complaint}\n`);
  console.log(`Checked ${files.length} notebooks: ${complaints.length} complaints.`);
  Deno.exitCode = complaints.length > 0 ? 1 : 0;
}
