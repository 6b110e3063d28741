/**
 * Checks that the package can be published, as part of `deno task check`: whatever its entries
 * export is documented, with types that can be imported; its functions have examples that run; and
 * `deno publish` takes it.
 *
 * @module
 */

import { cp } from "node:fs/promises";
import config from "../deno.json" with { type: "json" };

const root = new URL("../", import.meta.url);
const entries = Object.values(config.exports);

/** Runs `deno` with arguments in the project's folder, without colours. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, output: output!, errors: errors! };
}

/** What `deno doc` complains of. */
async function undocumented(): Promise<string[]> {
  const { success, errors } = await run(["doc", "--lint", ...entries]);
  return success ? [] : [errors];
}

/** What `deno doc --json` says of the symbols of each entry. */
export interface Documentation {
  /** By the entry's address. */
  readonly nodes: Readonly<Record<string, { readonly symbols: readonly DocumentedSymbol[] }>>;
}

/** One name that an entry exports. */
export interface DocumentedSymbol {
  readonly name: string;
  /** Several for a function of several signatures. */
  readonly declarations: readonly { readonly kind: string; readonly jsDoc?: unknown }[];
}

/** The functions that have no example, or one that nobody runs. */
export function withoutExample({ nodes }: Documentation): string[] {
  return Object.entries(nodes).flatMap(([entry, { symbols }]) =>
    symbols.filter(({ declarations }) => {
      if (!declarations.some(({ kind }) => kind === "function")) return false;
      const text = JSON.stringify(declarations.map(({ jsDoc }) => jsDoc ?? {}));
      return !text.includes("```ts\\n") || text.includes("```ts ignore");
    }).map(({ name }) => `${entry} exports ${name}() without an example that runs.`)
  );
}

async function unshown(): Promise<string[]> {
  const { success, output, errors } = await run(["doc", "--json", ...entries]);
  return success ? withoutExample(JSON.parse(output)) : [errors];
}

/**
 * What `deno publish` complains of. It takes every file in the project's folder for a part of the
 * package, so packages that stand in for JSR's own are put elsewhere for it. Types are checked
 * before, with all of lib.
 */
async function unpublishable(): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "package-" });
  try {
    const registry = Deno.env.get("JSR_URL") ?? "";
    const inside = registry.startsWith(root.href);
    if (inside) await cp(new URL(registry), folder, { recursive: true });
    const { success, output, errors } = await run(
      ["publish", "--dry-run", "--allow-dirty", "--no-check"],
      inside ? { JSR_URL: `file://${folder}/` } : {},
    );
    return success && !/^warning/mi.test(errors) ? [] : [output + errors];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const complaints = (await Promise.all([undocumented(), unshown(), unpublishable()])).flat();
  for (const complaint of complaints) console.error(complaint);
  if (complaints.length > 0) Deno.exit(1);
}
