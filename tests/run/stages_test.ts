import { assertEquals, assertRejects } from "@std/assert";
import { openWorkshop, type Workshop } from "../../lib/run/session.ts";
import { parseReproduce } from "../../lib/run/options.ts";
import { runsOf } from "../../lib/run/stages.ts";
import { argumentsIn, makeWorld } from "../support/toy_world.ts";
import { writeToyEncoder } from "../support/toy.ts";

Deno.test("a run reads the encoder when it starts, and refuses one that changed meanwhile", async () => {
  const world = await makeWorld();
  const cache = Deno.env.get("XDG_CACHE_HOME");
  Deno.env.set("XDG_CACHE_HOME", `${world.folder}/cache`);
  try {
    const report = (() => {}) as unknown as Workshop["report"];
    const options = parseReproduce(argumentsIn(world, "--size", "sample"))!;
    const workshop = await openWorkshop(options, { report, signal: undefined });
    const { value: run } = await runsOf(workshop, "refine").next();
    const values = await run!.values();
    assertEquals(values["encoder/pooler/kernel"]!.shape, [32, 32]);
    await writeToyEncoder(world.encoder, 2);
    await assertRejects(
      () => run!.values(),
      Error,
      `Cannot start from the encoder "${world.encoder}": its weights were changed after it was opened`,
    );
  } finally {
    if (cache === undefined) Deno.env.delete("XDG_CACHE_HOME");
    else Deno.env.set("XDG_CACHE_HOME", cache);
    await Deno.remove(world.folder, { recursive: true });
  }
});
