/**
 * What each task may do, and no more: `deno task allow NAME` prints it as flags of Deno.
 *
 * @module
 */

import { cacheFolder } from "../lib/hub/cache.ts";
import { HOST as JSR, memory } from "./jsr.ts";

/** Names of what a task may read, write, reach, ask for and run; `true` for all of a kind. */
interface Permissions {
  readonly read?: true | readonly string[];
  readonly write?: true | readonly string[];
  readonly net?: readonly string[];
  readonly env?: true | readonly string[];
  readonly run?: readonly string[];
  readonly ffi?: true;
  readonly sys?: true;
}

const deno = Deno.execPath();
const temporary = Deno.env.get("TMPDIR") || "/tmp";
const huggingFace = ["huggingface.co", "*.huggingface.co", "*.hf.co"];
const cache = ["XDG_CACHE_HOME", "HOME"];
const hub = ["HF_ENDPOINT", "HF_TOKEN"];
const terminal = ["TERM", "CI", "NO_COLOR", "FORCE_COLOR"];
const tensorflow = [
  ...["TENSORFLOW_LIBRARY", ...cache],
  ...["TF_CPP_MIN_LOG_LEVEL", "ONEDNN_PRIMITIVE_CACHE_CAPACITY"],
];

/** TensorFlow, Python and the user's data lie anywhere: who needs them may read everywhere. */
const tasks: Readonly<Record<string, () => Permissions>> = {
  setup: () => ({
    read: true,
    write: true,
    net: huggingFace,
    run: ["python3"], // pip fetches TensorFlow
    env: ["TENSORFLOW_LIBRARY", ...cache, ...hub, "TF_ENABLE_ONEDNN_OPTS"],
    ffi: true,
  }),
  reproduce: () => ({
    read: true,
    write: true,
    net: ["127.0.0.1", ...huggingFace], // notebooks' kernels answer on this machine
    run: ["git", "python3", deno],
    env: [...tensorflow, ...hub, "TMPDIR", ...terminal],
    ffi: true,
  }),
  lab: () => ({
    read: true,
    write: true,
    net: ["127.0.0.1", "localhost", "0.0.0.0", ...huggingFace],
    run: ["python3"], // JupyterLab
    env: ["TENSORFLOW_LIBRARY", ...cache, ...hub, "JUPYTER_PATH", "JSR_URL"],
  }),
  notebooks: () => ({
    read: true,
    write: true,
    net: ["127.0.0.1"],
    run: [deno], // kernels
    env: ["HOME", "TMPDIR", ...terminal],
  }),
  kernel: () => ({
    read: true,
    write: true,
    env: ["JUPYTER_DATA_DIR", "XDG_DATA_HOME", "HOME", "APPDATA", "JSR_URL"],
  }),
  test: () => ({ read: true, run: [deno], env: ["TMPDIR", ...cache] }),
  check: () => ({
    read: true,
    write: ["notebooks", temporary],
    run: [deno],
    env: ["TMPDIR", "JSR_URL"],
  }),
  conformance: () => ({
    read: true,
    write: [".cache", "results"],
    run: ["python3"],
    env: tensorflow,
    ffi: true,
  }),
  parity: () => ({ read: true, run: ["python3"], env: tensorflow, ffi: true }),
  switches: () => ({
    read: true,
    write: true,
    net: huggingFace,
    run: ["git", "python3"],
    env: [...tensorflow, ...hub],
    ffi: true,
  }),
  bench: () => ({
    read: true,
    write: ["results", temporary],
    run: [deno],
    env: [...cache, "TMPDIR"],
  }),
  sample: () => ({ read: ["data/sample"], write: ["data/sample"] }),
  "test:browser": () => ({
    read: true,
    write: true,
    net: ["127.0.0.1", "localhost"],
    run: ["git", deno, Deno.env.get("CHROMIUM") || "chromium"],
    env: true,
    sys: true,
  }),
  registry: () => ({ read: [".deno/jsr"], write: [".deno/jsr"] }),
  jsr: () => ({
    read: [memory()],
    write: [cacheFolder()],
    net: [JSR],
    env: ["JSR_URL", ...cache],
  }),
};

/**
 * The flags by which Deno lets a task do what it may.
 *
 * @throws when there is no task of that name.
 */
export function flagsOf(task: string): string[] {
  if (!Object.hasOwn(tasks, task)) throw new Error(`There is no task ${task} in .deno/allow.ts.`);
  return Object.entries(tasks[task]!()).map(([kind, names]) =>
    names === true ? `--allow-${kind}` : `--allow-${kind}=${names.join()}`
  );
}

if (import.meta.main) console.log(flagsOf(Deno.args[0] ?? "").join(" "));
