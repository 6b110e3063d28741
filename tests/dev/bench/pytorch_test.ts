/**
 * lib/dev/bench/pytorch.py. Whether it does what it should is seen only where there is a Python with
 * PyTorch: MT_DNN_PYTHON=path deno task test tests/dev/bench/pytorch_test.ts
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import { pythonProcess } from "../../../lib/dev/bench/contenders.ts";
import { ask } from "../../../lib/dev/bench/process.ts";
import { bench } from "../../../lib/dev/bench/run.ts";
import { findEncoder } from "../../../lib/hub/encoders.ts";

const script = fileURLToPath(new URL("../../../lib/dev/bench/pytorch.py", import.meta.url));

Deno.test("the Python script compiles", async () => {
  const source = "import ast, sys; ast.parse(open(sys.argv[1], encoding='utf-8').read())";
  const { code, stderr } = await new Deno.Command("python3", { args: ["-c", source, script] })
    .output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
});

Deno.test("a Python that isn't there is an error that says what to give instead", async () => {
  const run = () => ask(pythonProcess("nowhere/python", "versions"), { kinds: [] }, "versions");
  await assertRejects(run, Error, "give another Python with --against-python");
});

Deno.test("a package that is missing is named with the command that fetches it", async () => {
  const without = "import sys; sys.path[:] = [p for p in sys.path if 'packages' not in p]; ";
  const run = `${without}sys.argv = ["x", "versions", '{"kinds": ["preprocessing"]}']; ` +
    `exec(compile(open("${script}").read(), "pytorch.py", "exec"))`;
  const { stderr } = await new Deno.Command("python3", { args: ["-c", run] }).output();
  const text = new TextDecoder().decode(stderr);
  assert(/has no transformers: run `.* -m pip install transformers`/.test(text), text);
});

const python = Deno.env.get("MT_DNN_PYTHON");

Deno.test({
  name: "PyTorch proves that it does the same work in every kind of measurement",
  ignore: python === undefined,
  fn: async () => {
    const records = await bench({
      ...{ parts: ["shapes", "mixture", "evaluation", "preprocessing"], python: python! },
      ...{ encoder: (await findEncoder())!, data: "data/sample", batch: 8, lengths: [16] },
      ...{ precisions: ["float32", "bfloat16"], steps: 12, maxLength: 48, products: 1 },
      ...{ windows: 1, windowSeconds: 0 },
    });
    const names = (kind: string) =>
      records.filter((one) =>
        one.measurement.kind === kind && one.measurement.precision !== "bfloat16"
      )
        .map(({ contender }) => contender);
    assertEquals(names("shape"), ["compiled", "eager", "pytorch", "pytorch-compile"]);
    assertEquals(names("mixture"), [
      ...["compiled", "pytorch", "pytorch-compile", "pytorch-reference"],
    ]);
    assertEquals(names("evaluation"), ["compiled", "pytorch", "pytorch-compile", "onnxruntime"]);
    assertEquals(names("preprocessing"), ["preprocess", "transformers"]);
  },
});
