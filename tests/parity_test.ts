import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { parseParity, REFERENCE } from "../lib/parity.ts";
import { runChecks } from "../lib/parity/checks.ts";
import { kinds, type Row } from "../lib/parity/compare.ts";
import { openReference } from "../lib/parity/reference.ts";
import { rowLines } from "../lib/parity/table.ts";
import { checkTrajectories } from "../lib/parity/trajectory.ts";

const root = join(import.meta.dirname!, "..");

/** Recorded values of the reference program, which are not part of the repository. */
const folder = Deno.env.get("MT_DNN_REFERENCE") ?? join(root, REFERENCE);
const ignore = !await Deno.stat(folder).then(({ isDirectory }) => isDirectory, () => false);
if (ignore) {
  console.info(
    `No recorded values at ${folder}: the parity tests are ignored; name the folder by MT_DNN_REFERENCE.`,
  );
}

async function assertParity(rows: AsyncIterable<Row>): Promise<void> {
  const found = await Array.fromAsync(rows);
  assert(found.length > 0, "no row was compared");
  assertEquals(found.filter(({ passed }) => !passed).map(rowLines), []);
}

const instant = ["tokenizer", "features", "files", "metrics", "schedule", "sampler"] as const;
for (const kind of [...instant, "forward", "gradients"] as const) {
  Deno.test({
    name: `${kind}: all recorded values are met within their tolerance`,
    ignore,
    fn: async () => await assertParity(runChecks(await openReference(folder), [kind])),
  });
}

/** Short of the whole command: between them they need every part of the step both ways. */
const trained = {
  compiled: ["multi4", "single_san_frozen", "single_linear_adam", "single_linear_xdl_param_clip"],
  eager: ["multi4_null_gradients"],
} as const;
for (const [way, names] of Object.entries(trained)) {
  for (const name of names) {
    Deno.test({
      name: `trajectory: the recorded run ${name} is repeated ${way}`,
      ignore,
      fn: async () => {
        const chosen = { names: [name], ways: [way as keyof typeof trained] };
        await assertParity(checkTrajectories(await openReference(folder), chosen));
      },
    });
  }
}

Deno.test("parseParity() checks everything in the usual folder unless told otherwise", () => {
  assertEquals(parseParity([]), { reference: REFERENCE, kinds });
  assertEquals(parseParity(["--reference", "values", "--only", "files", "--only", "sampler"]), {
    reference: "values",
    kinds: ["files", "sampler"],
  });
  assertEquals(parseParity(["--help"]), null);
});

Deno.test("parseParity() refuses what it does not know, and says what it knows", () => {
  assertThrows(() => parseParity(["--only", "speed"]), Error, "expected one of tokenizer,");
  assertThrows(() => parseParity(["--all"]), Error, 'Unknown argument "--all"');
});

Deno.test("the command says in one sentence that the folder is missing", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-read", "lib/parity.ts", "--reference", "no/such/folder"],
    ...{ cwd: root, stdin: "null", stdout: "piped", stderr: "piped" },
  }).output();
  assertEquals([code, new TextDecoder().decode(stdout)], [1, ""]);
  const lines = new TextDecoder().decode(stderr).trim().split("\n");
  assertEquals(lines.length, 1);
  assert(lines[0]!.includes('there is no folder "no/such/folder"; name the folder'), lines[0]);
});
