import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { startTensorFlow } from "../../lib/tensorflow/backend.ts";
import { definition } from "../../lib/tensorflow/definitions.ts";

/** For each input: "one", "list of one type" or "list of mixed types". */
function kinds(name: string): string[] {
  return definition(name).inputs.map(({ numberAttribute, typeListAttribute }) =>
    numberAttribute ? "one type" : typeListAttribute ? "mixed types" : "one"
  );
}

Deno.test("which inputs are lists comes from TensorFlow's definitions", async () => {
  await startTensorFlow();
  assertEquals(kinds("MatMul"), ["one", "one"]);
  assertEquals(kinds("ConcatV2"), ["one type", "one"]);
  assertEquals(kinds("Pack"), ["one type"]);
  assertEquals(kinds("AddN"), ["one type"]);
  assertEquals(kinds("Einsum"), ["one type"]);
  assertEquals(kinds("IdentityN"), ["mixed types"]);
  assertEquals(kinds("VarHandleOp"), []);
});

Deno.test("the length of a list follows from the inputs, under whatever name", async () => {
  await startTensorFlow();
  assertEquals([...definition("ConcatV2").inferred], ["N"]);
  assertEquals([...definition("IdentityN").inferred], ["T"]);
  assertEquals([...definition("DynamicStitch").inferred], ["N"]);
  assertEquals([...definition("MatMul").inferred], []);
});

Deno.test("names, types and attributes of an operation are known", async () => {
  await startTensorFlow();
  const { name, inputs, outputs, attributes } = definition("FusedBatchNormV3");
  assertEquals([name, outputs], ["FusedBatchNormV3", 6]);
  assertEquals(inputs.map(({ name }) => name), ["x", "scale", "offset", "mean", "variance"]);
  assertEquals(inputs.map(({ typeAttribute }) => typeAttribute), ["T", "U", "U", "U", "U"]);
  assertEquals(attributes.get("epsilon"), "float");
  assertEquals(attributes.get("is_training"), "bool");
  assertEquals(attributes.get("data_format"), "string");
  assertEquals(definition("Conv2D").attributes.get("strides"), "list(int)");
  assertEquals(definition("Placeholder").attributes.get("shape"), "shape");
  assertEquals(definition("Split").attributes.get("num_split"), "int");
});

Deno.test("operations with side effects are known as such", async () => {
  await startTensorFlow();
  const stateful = (name: string) => definition(name).stateful;
  for (const name of ["AssignVariableOp", "ReadVariableOp", "RandomUniform", "Assert", "PrintV2"]) {
    assert(stateful(name), name);
  }
  for (const name of ["MatMul", "StatelessRandomUniform", "Const", "ConcatV2"]) {
    assert(!stateful(name), name);
  }
});

Deno.test("a definition is read once", async () => {
  await startTensorFlow();
  assertStrictEquals(definition("AddV2"), definition("AddV2"));
});

Deno.test("an operation that doesn't exist is named", async () => {
  await startTensorFlow();
  assertThrows(
    () => definition("NoSuchOperation"),
    Error,
    'Cannot look up the operation "NoSuchOperation": ',
  );
});
