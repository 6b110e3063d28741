/**
 * Writes the lists by which Deno finds the packages in `.deno/jsr`, laid out as the registry of
 * `jsr:` packages is: versions, entry points, sizes and checksums of the files.
 *
 * The packages stand in for those of the same name on machines that can't reach that registry. They
 * offer what this project uses, at the entry points and with the versions of the real ones, and
 * behave as these do; the tests in tests/std hold for both. To use more of a package, add it here
 * under its real name, with a test there, and run `deno task registry`.
 *
 * `.deno/lock.json` has the sums and dependencies of the real packages, not of these: Deno compares
 * them where JSR answers, and leaves them alone where this folder does. Such sums come from JSR, by
 * `deno install` on a machine that reaches it, or else from lock files of public projects, the same
 * in at least two. A new version here is a new one there.
 *
 * @module
 */

/** The packages by name: the version of the real one, and the files behind the entry points. */
const packages: Readonly<Record<string, { version: string; exports: Record<string, string> }>> = {
  assert: { version: "1.0.19", exports: { ".": "./mod.ts" } },
  cli: { version: "1.0.32", exports: { ".": "./mod.ts" } },
  csv: { version: "1.0.6", exports: { ".": "./mod.ts" } },
  testing: { version: "1.0.19", exports: { "./time": "./time.ts" } },
};

const root = new URL("./jsr/", import.meta.url);

/** The registry's lists: what each file, named from `.deno/jsr`, has to say. */
export async function lists(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const [name, { version, exports }] of Object.entries(packages)) {
    const folder = `@std/${name}`;
    const versions = { [version]: {} };
    const manifest = await manifestOf(`${folder}/${version}`);
    texts.set(`${folder}/meta.json`, write({ scope: "std", name, latest: version, versions }));
    texts.set(`${folder}/${version}_meta.json`, write({ manifest, exports }));
  }
  return texts;
}

async function manifestOf(folder: string) {
  const names = [...Deno.readDirSync(new URL(folder, root))].map(({ name }) => name).sort();
  const entries = names.map(async (name) => {
    const bytes = await Deno.readFile(new URL(`${folder}/${name}`, root));
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    return [`/${name}`, { size: bytes.length, checksum: `sha256-${sum}` }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

const write = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

if (import.meta.main) {
  for (const [file, text] of await lists()) await Deno.writeTextFile(new URL(file, root), text);
}
