import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { parseParity, REFERENCE } from "../../../lib/dev/parity/main.ts";
import { runChecks } from "../../../lib/dev/parity/checks.ts";
import { type ComparisonRow, kinds, precise } from "../../../lib/dev/parity/compare.ts";
import { openReference } from "../../../lib/dev/parity/reference.ts";
import { rowLines } from "../../../lib/dev/parity/table.ts";
import { type Tolerances, tolerances } from "../../../lib/dev/parity/tolerances.ts";
import { checkTrajectories } from "../../../lib/dev/parity/trajectory.ts";

const root = join(import.meta.dirname!, "../../..");

/** Recorded values of the reference program, which are not part of the repository. */
const folder = Deno.env.get("MT_DNN_REFERENCE") ?? join(root, REFERENCE);
const ignore = !await Deno.stat(folder).then(({ isDirectory }) => isDirectory, () => false);
if (ignore) {
  console.info(
    `No recorded values at ${folder}: the parity tests are ignored; name the folder by MT_DNN_REFERENCE.`,
  );
}

async function assertParity(rows: AsyncIterable<ComparisonRow>): Promise<ComparisonRow[]> {
  const found = await Array.fromAsync(rows);
  assert(found.length > 0, "no row was compared");
  assertEquals(found.filter(({ passed }) => !passed).map(rowLines), []);
  return found;
}

const instant = ["tokenizer", "features", "files", "metrics", "schedule", "sampler"] as const;
for (const kind of [...instant, "forward", "gradients"] as const) {
  Deno.test({
    name: `${kind}: all recorded values are met within their tolerance`,
    ignore,
    fn: async () => {
      await assertParity(runChecks(await openReference(folder), [kind]));
    },
  });
}

/** Rows whose every case goes through matrix products: bfloat16 has to show in each of them. */
const rounded: Readonly<Record<string, Exclude<keyof Tolerances, "norms">>> = {
  "embeddings and layers": "hidden",
  "pooled": "pooled",
  "logits": "logits",
  "inner values, logits": "answers",
  "gradients / norm": "gradients",
};
for (const kind of ["forward", "gradients"] as const) {
  Deno.test({
    name:
      `${kind} in bfloat16: all recorded values are met within its own tolerances, and only those`,
    ignore,
    fn: async () => {
      const rows = await assertParity(runChecks(await openReference(folder), [kind], "bfloat16"));
      const exact = rows.filter(({ what, quantity, absolute }) => {
        const name = rounded[quantity];
        const learns = !what.startsWith("san1_rank_degenerate"); // whose logits and gradients are 0
        return name && learns && !(absolute > 10 * tolerances.float32[name].absolute);
      });
      assertEquals(exact.map(rowLines), [], "not computed in bfloat16");
      assert(rows.some(({ quantity }) => quantity in rounded), "no row tells the precision");
    },
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

Deno.test({
  name: "trajectory: the recorded run of four tasks is repeated in bfloat16",
  ignore,
  fn: async () => {
    const chosen = { names: ["multi4"], ways: ["compiled"], precision: "bfloat16" } as const;
    const rows = await assertParity(checkTrajectories(await openReference(folder), chosen));
    const parameters = rows.find(({ quantity }) => quantity === "final parameters")!;
    assert(parameters.absolute > tolerances.float32.parameters.absolute, rowLines(parameters));
  },
});

Deno.test("parseParity() checks everything in the usual folder unless told otherwise", () => {
  assertEquals(parseParity([]), { reference: REFERENCE, kinds, precision: "float32" });
  assertEquals(parseParity(["--reference", "values", "--only", "files", "--only", "sampler"]), {
    reference: "values",
    kinds: ["files", "sampler"],
    precision: "float32",
  });
  assertEquals(parseParity(["--help"]), null);
});

Deno.test("parseParity() leaves out in bfloat16 what does not depend on the precision", () => {
  const chosen = (...args: string[]) => parseParity(["--precision", "bfloat16", ...args])?.kinds;
  assertEquals(chosen(), precise);
  assertEquals(chosen("--only", "gradients"), ["gradients"]);
  assertThrows(() => chosen("--only", "files"), Error, "--only files does not depend on");
});

Deno.test("parseParity() refuses what it does not know, and says what it knows", () => {
  assertThrows(() => parseParity(["--only", "speed"]), Error, "expected one of tokenizer,");
  assertThrows(() => parseParity(["--precision", "half"]), Error, "expected float32 or bfloat16");
  assertThrows(() => parseParity(["--all"]), Error, 'Unknown argument "--all"');
});

Deno.test("the command says in one sentence that the folder is missing", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-read", "lib/dev/parity/main.ts", "--reference", "no/such/folder"],
    ...{ cwd: root, stdin: "null", stdout: "piped", stderr: "piped" },
  }).output();
  assertEquals([code, new TextDecoder().decode(stdout)], [1, ""]);
  const lines = new TextDecoder().decode(stderr).trim().split("\n");
  assertEquals(lines.length, 1);
  assert(lines[0]!.includes('there is no folder "no/such/folder"; name the folder'), lines[0]);
});
