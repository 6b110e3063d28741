import { assertEquals, assertStringIncludes } from "@std/assert";
import { isPickle, namesWeights, weightsRefusal } from "../../lib/hub/pickle.ts";

Deno.test("files of weights are told from folders and names of models by their endings", () => {
  const files = ["a.bin", "b/a.pt", "c.pth", "d.ckpt", "e.pkl", "f.safetensors", "tf_model.h5"];
  assertEquals(files.filter(namesWeights), files);
  const others = [
    "bert-base",
    "google/bert-base-uncased",
    "v1.0/model",
    "bin",
    "a.binary",
    "x.json",
  ];
  assertEquals(others.filter(namesWeights), []);
});

Deno.test("a pickle is known by its first bytes, in a zip file or not", () => {
  assertEquals(isPickle(Uint8Array.of(0x80, 2, 0x8a)), true);
  assertEquals(isPickle(new TextEncoder().encode("PK\x03\x04...")), true);
  const header = new Uint8Array(new BigUint64Array([200n]).buffer); // of a safetensors file
  for (const bytes of [header, new Uint8Array(), Uint8Array.of(0x80), Uint8Array.of(0x80, 99)]) {
    assertEquals(isPickle(bytes), false);
  }
});

Deno.test("of several pickles the one that has the weights is named", () => {
  const names = ["config.json", "optimizer.pt", "pytorch_model.bin", "training_args.bin"];
  assertStringIncludes(weightsRefusal("a", names, "a"), `torch.load("a/pytorch_model.bin", `);
});

Deno.test("a pickle that is elsewhere is converted by its encoder's name", () => {
  const refusal = weightsRefusal("owner/name", ["pytorch_model.bin"]);
  assertStringIncludes(refusal, `from_pretrained("owner/name").save_pretrained(`);
});

Deno.test("without any weights it says what is missing", () => {
  const expected = '"a" has no model.safetensors; fetch the encoder\'s weights in that format.';
  assertEquals(weightsRefusal("a", ["config.json"]), expected);
});
