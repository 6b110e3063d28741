import { assert, assertEquals, assertThrows } from "@std/assert";
import { flagsOf } from "../../.deno/allow.ts";

interface Task {
  readonly description: string;
  readonly command: string;
}

const config = new URL("../../deno.json", import.meta.url);
const { tasks } = JSON.parse(Deno.readTextFileSync(config)) as { tasks: Record<string, Task> };

/** The programs that a task starts with permissions of their own, each as its words. */
const started = Object.entries(tasks).flatMap(([name, { command }]) =>
  command.split(" && ").filter((part) => /^deno (run|test)\b/.test(part))
    .map((part) => ({ name, part }))
);

Deno.test("a task may do what .deno/allow.ts names for it, and says nothing else itself", () => {
  for (const { name, part } of started.filter(({ name }) => name !== "allow")) {
    assert(part.includes(`$(deno task -q allow ${name})`), name);
    assert(!/--allow-|\s-[A-Z]/.test(part), name);
  }
});

Deno.test("the programs and hosts that a task may reach are named", () => {
  for (const { name } of started.filter(({ name }) => name !== "allow")) {
    const unnamed = flagsOf(name).filter((flag) => /^--allow-(all|run|net|import)$/.test(flag));
    assertEquals(unnamed, [], name);
  }
  assertThrows(() => flagsOf("toString"), Error, "There is no task toString");
});

Deno.test("a task that needs packages says first where they come from", () => {
  const needy = Object.values(tasks).map(({ command }) => command)
    .filter((command) => /\bdeno (check|lint)\b|\blib\/|tests\/browser/.test(command));
  assert(needy.length > 10);
  for (const command of needy) assert(command.startsWith("export JSR_URL=$(deno task -q jsr) && "));
});

Deno.test("every task says what it does, and those of users come first", () => {
  const descriptions = Object.values(tasks).map(({ description }) => description);
  const kinds = descriptions.map((text) => /^\((developers|for other tasks)\) /.exec(text)?.[1]);
  const first = kinds.findIndex((kind) => kind !== undefined);
  assert(first > 0 && kinds.slice(first).every((kind) => kind !== undefined), `${kinds}`);
  assertEquals(descriptions.filter((text) => !/^(\(.*\) )?[A-Z]/.test(text)), []);
});
