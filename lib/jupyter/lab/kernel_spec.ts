/**
 * The kernel spec: the small file by which Jupyter and VS Code find Deno.
 *
 * @module
 */

import { writeAside } from "../../base/disk.ts";

/** Name that the notebooks know the kernel by, the same as `deno jupyter --install` gives. */
export const KERNEL_NAME = "deno";

/** Tells a kernel spec of this project from others of the same name. */
const OWNER = "mt-dnn";

/** What Jupyter reads in kernel.json. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  /** Variables of the environment that the kernel starts with, besides Jupyter's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly metadata: { readonly installed_by: string };
}

/**
 * The kernel spec that starts `deno`. It says no more than what `deno jupyter --install` writes:
 * another way of interrupting than its default, a signal, would leave the kernel stuck for good
 * where a cell awaits something. Only where JSR can't be reached it names the folder of the packages
 * that stand in for its own, since Jupyter or VS Code may start the kernel without a task.
 *
 * @param registry where `jsr:` packages come from, as JSR_URL says it.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { kernelSpec } from "./kernel_spec.ts";
 *
 * assertEquals(kernelSpec("/opt/deno").argv[0], "/opt/deno");
 * ```
 */
export function kernelSpec(
  deno: string,
  registry: string | undefined = Deno.env.get("JSR_URL"),
): KernelSpec {
  return {
    argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    ...(registry?.startsWith("file:") && { env: { JSR_URL: registry } }),
    metadata: { installed_by: OWNER },
  };
}

/**
 * The folder in which Jupyter looks for a user's own kernels: JUPYTER_DATA_DIR, or the place that
 * the system has for such things.
 *
 * @param variable reads a variable of the environment.
 * @throws when HOME is needed and not set.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { jupyterDataFolder } from "./kernel_spec.ts";
 *
 * const folder = jupyterDataFolder("linux", (name) => ({ HOME: "/home/ada" })[name]);
 * assertEquals(folder, "/home/ada/.local/share/jupyter");
 * ```
 */
export function jupyterDataFolder(
  os: typeof Deno.build.os = Deno.build.os,
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
): string {
  const named = variable("JUPYTER_DATA_DIR");
  if (named) return named;
  const home = variable("HOME");
  const data = variable("XDG_DATA_HOME");
  const roaming = variable("APPDATA");
  if (os === "windows" && roaming) return `${roaming}/jupyter`;
  if (os !== "darwin" && data) return `${data}/jupyter`;
  if (home) return `${home}/${os === "darwin" ? "Library/Jupyter" : ".local/share/jupyter"}`;
  throw new Error(
    "Cannot tell where Jupyter looks for kernels: HOME is not set; set JUPYTER_DATA_DIR to a folder.",
  );
}

/** Where a kernel spec is put, and what it starts. */
export interface InstallOptions {
  /** Jupyter's data folder; the spec goes into its kernels folder. */
  readonly data: string;
  /** The Deno to start; by default the one that runs. */
  readonly deno?: string;
  /** Whether to replace a kernel spec that is not this project's. */
  readonly force?: boolean;
}

/**
 * Writes the kernel spec, or writes it anew.
 *
 * @returns the folder of the kernel spec.
 * @throws when another kernel spec of that name is there, unless `force` is set.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { installKernel } from "./kernel_spec.ts";
 *
 * const data = await Deno.makeTempDir();
 * assertEquals(await installKernel({ data }), `${data}/kernels/deno`);
 * await Deno.remove(data, { recursive: true });
 * ```
 */
export async function installKernel(options: InstallOptions): Promise<string> {
  const { data, deno = Deno.execPath(), force = false } = options;
  const folder = `${data}/kernels/${KERNEL_NAME}`;
  const owner = await ownerOf(folder);
  if (owner === "another" && !force) {
    throw new Error(
      `"${folder}" is another kernel spec named ${KERNEL_NAME}, and was left as it is; if it ` +
        "starts Deno, the notebooks run with it, else replace it: deno task kernel --force.",
    );
  }
  await Deno.mkdir(folder, { recursive: true });
  const text = JSON.stringify(kernelSpec(deno), null, 2) + "\n";
  const target = `${folder}/kernel.json`;
  await writeAside(target, [new TextEncoder().encode(text)], () => target);
  return folder;
}

/**
 * Removes the kernel spec that `installKernel()` wrote.
 *
 * @returns its folder, or null where there was none.
 * @throws when the one that is there is not this project's.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { removeKernel } from "./kernel_spec.ts";
 *
 * assertEquals(await removeKernel("no/such/folder"), null);
 * ```
 */
export async function removeKernel(data: string): Promise<string | null> {
  const folder = `${data}/kernels/${KERNEL_NAME}`;
  const owner = await ownerOf(folder);
  if (owner === null) return null;
  if (owner === "another") {
    throw new Error(
      `"${folder}" was not written by deno task kernel, and was left as it is; to remove it all ` +
        "the same, delete that folder.",
    );
  }
  await Deno.remove(folder, { recursive: true });
  return folder;
}

/** Whose kernel spec a folder holds; null where it holds none. */
async function ownerOf(folder: string): Promise<"ours" | "another" | null> {
  try {
    const spec = JSON.parse(await Deno.readTextFile(`${folder}/kernel.json`));
    return spec?.metadata?.installed_by === OWNER ? "ours" : "another";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof SyntaxError) return "another";
    throw error;
  }
}
