import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { circumstances, currentCommit } from "../../lib/run/machine.ts";
import { startTensorFlow } from "../../lib/tensorflow/backend.ts";

/** Runs `body` in another folder. */
async function from<T>(folder: string, body: () => Promise<T>): Promise<T> {
  const here = Deno.cwd();
  Deno.chdir(folder);
  try {
    return await body();
  } finally {
    Deno.chdir(here);
  }
}

/** A repository with one commit of lib/a.ts. */
async function repository(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const git = async (...args: string[]) => {
    const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
    const { success } = await new Deno.Command("git", {
      args: [...identity, ...args],
      cwd: folder,
      stdout: "null",
    }).output();
    assertEquals(success, true, `git ${args.join(" ")}`);
  };
  await Deno.mkdir(`${folder}/lib`);
  await Deno.writeTextFile(`${folder}/lib/a.ts`, "1\n");
  await git("init", "-q");
  await git("add", ".");
  await git("commit", "-q", "-m", "first");
  return folder;
}

Deno.test("the commit is that of the code, with a mark where lib was changed since", async () => {
  const folder = await repository();
  const clean = await from(folder, currentCommit);
  await Deno.writeTextFile(`${folder}/notes.txt`, "not code\n");
  assertMatch(clean, /^[0-9a-f]{12}$/);
  assertEquals(await from(folder, currentCommit), clean);
  await Deno.writeTextFile(`${folder}/lib/a.ts`, "2\n");
  assertEquals(await from(folder, currentCommit), `${clean}+`);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("outside a repository the commit is unknown", async () => {
  const folder = await Deno.makeTempDir();
  assertEquals(await from(folder, currentCommit), "unknown");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a run tells versions, machine, time and memory", async () => {
  const { version } = await startTensorFlow();
  const found = await circumstances(1.26);
  assertEquals(found.versions, { deno: Deno.version.deno, tensorflow: version });
  assertEquals(found.seconds, 1.3);
  assertEquals(found.machine.system, `${Deno.build.os} ${Deno.build.arch}`);
  assertMatch(String(found.machine.devices), /^CPU/);
  assertMatch(String(found.machine.processor), Deno.build.os === "linux" ? /^[^\n]{3,}$/ : /./);
  assertGreater(found.memory, 10);
  assertEquals(new Date(found.date).toISOString(), found.date);
});
