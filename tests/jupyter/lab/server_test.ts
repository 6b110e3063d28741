import { assert, assertEquals, assertThrows } from "@std/assert";
import { freePort, PICTURE_SCALE, serverArguments } from "../../../lib/jupyter/lab/server.ts";
import { figureBundle } from "../../../lib/notebook/display.ts";
import { createFigure } from "../../../lib/report/figure.ts";

Deno.test("freePort() keeps a free port, finds one for 0, and refuses one in use", () => {
  const port = freePort("127.0.0.1", 0);
  assertEquals(freePort("127.0.0.1", port), port);
  using _listener = Deno.listen({ hostname: "127.0.0.1", port });
  assertThrows(
    () => freePort("127.0.0.1", port),
    Error,
    `Port ${port} is in use; choose another with --port, or have a free one chosen with --port 0.`,
  );
});

Deno.test("serverArguments() lets no secret into the command line, and the browser only if asked", () => {
  const options = { notebooks: "/notebooks", host: "127.0.0.1", port: 8888 };
  const quiet = serverArguments({ ...options, browser: false });
  assert(quiet.includes("--no-browser"));
  assert(!quiet.join(" ").includes("token"));
  assert(!serverArguments({ ...options, browser: true }).includes("--no-browser"));
});

Deno.test("PICTURE_SCALE is that of the notebooks' pictures", async () => {
  const bar = { type: "bar", x: ["rte"], y: [66.1] } as const;
  const parts = { title: "Scores", says: "RTE is at 66.1.", height: 200, width: 400 };
  const bundle = await figureBundle(createFigure({ ...parts, data: [bar], layout: {} }));
  const png = Uint8Array.fromBase64(bundle["image/png"] as string);
  assertEquals(new DataView(png.buffer).getUint32(16), PICTURE_SCALE * 400);
});
