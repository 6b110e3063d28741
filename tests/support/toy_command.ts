/** `deno task reproduce`, and others like it, as their users run them, in a world of their own. */
import { flagsOf } from "../../.deno/allow.ts";
import { findLibrary } from "../../lib/tensorflow/library.ts";
import { argumentsIn, type World } from "./toy_world.ts";

export const root = new URL("../../", import.meta.url).pathname;
const library = await findLibrary({ gpu: false }) ?? "";

/** The words of a task in deno.json after the program's name, with what it may do spelled out. */
export function taskWords(name: string): readonly string[] {
  const { command } = JSON.parse(Deno.readTextFileSync(`${root}deno.json`)).tasks[name];
  const line: string = command.slice(command.indexOf("&& deno ") + "&& deno ".length);
  return line.replace(`$(deno task -q allow ${name})`, flagsOf(name).join(" ")).split(" ");
}

/** The words of `deno task reproduce`. */
export const task = taskWords("reproduce");

/** Where deno keeps packages: told to the command, which looks for its cache in the world. */
const packages: string = await (async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
})();

/**
 * Starts the command with the world's folders; its features are kept in the world, too. `flags` are
 * Deno's; `words` are those of another task.
 */
export function start(
  world: World,
  args: readonly string[],
  flags: readonly string[] = [],
  words: readonly string[] = task,
): Deno.ChildProcess {
  const [subcommand, ...rest] = words;
  return new Deno.Command(Deno.execPath(), {
    args: [subcommand!, ...flags, ...rest, ...argumentsIn(world, ...args)],
    cwd: root,
    env: {
      ...{ XDG_CACHE_HOME: `${world.folder}/cache`, TENSORFLOW_LIBRARY: library },
      ...{ DENO_DIR: packages, NO_COLOR: "1" },
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** What a finished process left: its exit code and what it printed, TensorFlow's notice aside. */
export async function ended(child: Deno.ChildProcess) {
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const notice = /^WARNING: All log messages before absl.*\n|^I0000 .* oneDNN .*\n/gm;
  return { code, output: text(stdout), errors: text(stderr).replaceAll(notice, "") };
}

/** Waits until a run's log has a line: it is in the middle of training. */
export async function training(run: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const folder = await unfinished(run);
    const logged = await Deno.stat(`${folder}/log.jsonl`).then(({ size }) => size > 0, () => false);
    if (logged) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${run} has not begun to train after 30 s`);
}

/** The folder of an unfinished run, or null where there is none. */
export async function unfinished(run: string): Promise<string | null> {
  const [, parent, name] = /^(.*)\/([^/]+)$/.exec(run)!;
  try {
    for await (const entry of Deno.readDir(parent!)) {
      const { name: found } = entry;
      if (found.startsWith(`${name}.`) && found.endsWith(".unfinished")) {
        return `${parent}/${found}`;
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return null;
}
