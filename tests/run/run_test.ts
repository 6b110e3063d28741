import { assertEquals, assertRejects } from "@std/assert";
import { openSession } from "../../lib/run/session.ts";
import { parseReproduce } from "../../lib/run/options.ts";
import { runReporter } from "../../lib/run/console.ts";
import { valuesOf } from "../../lib/run/run.ts";
import { createPlanner } from "../../lib/run/stages.ts";
import { argumentsIn, makeWorld } from "../support/toy_world.ts";
import { writeToyEncoder } from "../support/toy.ts";

Deno.test("a run reads the encoder when it starts, and refuses one that changed meanwhile", async () => {
  const world = await makeWorld();
  const cache = Deno.env.get("XDG_CACHE_HOME");
  Deno.env.set("XDG_CACHE_HOME", `${world.folder}/cache`);
  try {
    const options = parseReproduce(argumentsIn(world, "--size", "sample"))!;
    const session = await openSession(options);
    const [run] = await createPlanner(session).plan("refine");
    const place = { results: world.results, report: runReporter };
    const values = await valuesOf(run!.start, place);
    assertEquals(values["encoder/pooler/kernel"]!.shape, [32, 32]);
    await writeToyEncoder(world.encoder, 2);
    await assertRejects(
      () => valuesOf(run!.start, place),
      Error,
      `Cannot start from the encoder "${world.encoder}": its weights were changed after it was opened`,
    );
  } finally {
    if (cache === undefined) Deno.env.delete("XDG_CACHE_HOME");
    else Deno.env.set("XDG_CACHE_HOME", cache);
    await Deno.remove(world.folder, { recursive: true });
  }
});
