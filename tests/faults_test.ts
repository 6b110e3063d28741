import { assert, assertEquals, assertMatch } from "@std/assert";
import { createRandom } from "../lib/base/random.ts";
import { ended, start, unfinished } from "./support/toy_command.ts";
import { makeWorld, reproduceIn, snapshot, type World } from "./support/toy_world.ts";

/** Kills in the gate; `deno task faults` asks for 30. */
const KILLS = Number(Deno.env.get("MT_DNN_KILLS") ?? 4);
/** No kill comes later after the start than this; the whole run takes about as long. */
const LONGEST = 9_000;

const args = ["--only", "refine", "--seeds", "1", "--save-steps", "1"];
const run = "sample-refine-toy/multitask/seed-1";

const world: World = await makeWorld({ train: 96, dev: 12 });
Deno.test.afterAll(() => Deno.remove(world.folder, { recursive: true }));

/** What a run leaves that nothing disturbs. */
let undisturbed: Promise<Record<string, string>> | undefined;
function expected(): Promise<Record<string, string>> {
  return undisturbed ??= (async () => {
    const results = `${world.folder}/undisturbed`;
    const { code, errors } = await ended(start(world, [...args, "--results", results]));
    assertEquals(code, 0, errors);
    return await finished(results);
  })();
}

/** Files of a finished run, without what a clock writes. */
async function finished(results: string): Promise<Record<string, string>> {
  const files = await snapshot(`${results}/${run}`);
  const untimed = (text: string) => text.replaceAll(/"seconds":[\d.]+/g, "");
  const { "run.json": _, ...rest } = files;
  return { ...rest, "log.jsonl": untimed(files["log.jsonl"]!) };
}

/** Steps in the log and in the newest whole checkpoint of a run that was killed. */
async function progress(results: string): Promise<{ logged: number; saved: number }> {
  const folder = await unfinished(`${results}/${run}`);
  if (folder === null) return { logged: 0, saved: 0 };
  const files = await snapshot(folder);
  const steps = Object.keys(files)
    .map((file) => /^checkpoints\/step-(\d+)\/checkpoint\.json$/.exec(file)?.[1])
    .filter((step) => step !== undefined);
  const logged = (files["log.jsonl"] ?? "").split("\n").length - 1;
  return { logged: Math.max(0, logged), saved: Math.max(0, ...steps.map(Number)) };
}

async function killAfter(results: string, milliseconds: number): Promise<boolean> {
  const child = start(world, [...args, "--results", results]);
  const timer = setTimeout(() => {
    try {
      child.kill("SIGKILL");
    } catch { /* it has ended by itself */ }
  }, milliseconds);
  const { code, errors } = await ended(child);
  clearTimeout(timer);
  assert(code === 0 || code === 137, errors);
  return code !== 0;
}

Deno.test(`a run killed at ${KILLS} moments loses no saved step and ends in the same bits`, async () => {
  const whole = await expected();
  const random = createRandom("kills");
  const moments: string[] = [];
  let kills = 0;
  let resumedKills = 0;
  let { results } = world;
  for (let round = 0; kills < KILLS; round++) {
    results = `${world.folder}/round-${round}`;
    for (let saved = 0; kills < KILLS;) {
      const moment = Math.round(800 + random.uniform() * (LONGEST - 800));
      const killed = await killAfter(results, moment);
      if (!killed) break;
      kills++;
      const now = await progress(results);
      moments.push(`${moment} ms: step ${now.saved}`);
      assert(now.saved >= saved, `${saved} steps were saved, ${now.saved} are left`);
      assert(now.logged - now.saved <= 1, `${now.logged} steps were logged, ${now.saved} saved`);
      if (now.saved > 0) resumedKills++;
      ({ saved } = now);
    }
    const { code, errors } = await ended(start(world, [...args, "--results", results]));
    assertEquals(code, 0, errors);
    assertEquals(await finished(results), whole);
  }
  console.info(moments.join("; "));
  assert(resumedKills > 0, "no kill came after a checkpoint");
});

/** Runs a program of the system; whether it could be run and went well. */
async function system(program: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args, stderr: "null", stdout: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

/** Lends a small file system of its own, where the system lets us mount one. */
async function onSmallDisk(megabytes: number, use: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    if (!await system("mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder)) {
      return console.info("left out: a small disk can't be mounted here (that needs root)");
    }
    await use(folder);
  } finally {
    await system("umount", folder);
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a command that must fail says: one line. */
async function refusal(results: string): Promise<string> {
  const { code, errors } = await ended(start(world, [...args, "--results", results]));
  assertEquals(code, 1, errors);
  return errors.trimEnd().split("\n").at(-1)!;
}

Deno.test("a full disk ends a run in one sentence, and it goes on when there is room", () =>
  onSmallDisk(1, async (folder) => {
    const results = `${folder}/results`;
    assertMatch(await refusal(results), /^Cannot write results to ".*": No space left on device /);
    const { saved } = await progress(results);
    assert(saved > 0, "the checkpoints before are gone");
    assert(await system("mount", "-o", "remount,size=20m", folder));
    const { code, errors } = await ended(start(world, [...args, "--results", results]));
    assertEquals(code, 0, errors);
    assertMatch(errors, new RegExp(`goes on after step ${saved} of`));
    assertEquals(await finished(results), await expected());
  }));

Deno.test("a results folder that can't be written is refused before anything is trained", () =>
  onSmallDisk(1, async (folder) => {
    assert(await system("mount", "-o", "remount,ro", folder));
    const sentence = /^Cannot write results to ".*": Read-only file system /;
    assertMatch(await refusal(folder), sentence);
    assertMatch(await refusal(`${folder}/below`), sentence);
  }));

Deno.test("a clock that jumps back and forth changes nothing", async () => {
  const { Date: real } = globalThis;
  const random = createRandom("clock");
  const jump = () => (random.uniform() - 0.5) * 1e11; // years
  globalThis.Date = class extends real {
    constructor(...given: unknown[]) {
      super(...(given.length === 0 ? [real.now() + jump()] : given) as [number]);
    }
    static override now = () => real.now() + jump();
  } as DateConstructor;
  const results = `${world.folder}/clock`;
  try {
    await reproduceIn(world, [...args, "--results", results]);
  } finally {
    globalThis.Date = real;
  }
  assertEquals(await finished(results), await expected());
});

/** Looks at a process until it ends: how often, and which sockets of the internet it has open. */
const WATCH = `
import json, os, sys, time
pid, seen, looks = sys.argv[1], set(), 0
while True:
    try:
        links = [os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")]
        if not links: break  # it has ended, and waits for us
        own = {link[8:-1] for link in links if link.startswith("socket:[")}
        for protocol in ("tcp", "tcp6", "udp", "udp6"):
            for line in open(f"/proc/{pid}/net/{protocol}").read().splitlines()[1:]:
                cells = line.split()
                if cells[9] in own: seen.add(f"{protocol} {cells[1]} {cells[2]}")
        looks += 1
    except FileNotFoundError:
        if not os.path.exists(f"/proc/{pid}/fd"): break
    except (PermissionError, ProcessLookupError):
        break
    time.sleep(0.02)
print(json.dumps({"looks": looks, "seen": sorted(seen)}))
`;

Deno.test({
  name: "a training run opens no network connection",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const child = start(world, [...args, "--results", `${world.folder}/offline`], ["--deny-net"]);
    const watching = new Deno.Command("python3", { args: ["-c", WATCH, `${child.pid}`] }).output();
    const { code, errors } = await ended(child);
    assertEquals(code, 0, errors); // TypeScript was denied the network all along
    const { looks, seen } = JSON.parse(new TextDecoder().decode((await watching).stdout));
    assertEquals(seen, []); // and TensorFlow, which Deno can't forbid anything, didn't use it
    assert(looks > 20, `${looks} looks`);
  },
});
