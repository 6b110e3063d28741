import { assert, assertEquals, assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
import { decode, encodeSafetensors, type StoredTensor } from "../../lib/base/safetensors.ts";
import { reference } from "../input/official.ts";

const bytesOf = async (parts: Uint8Array<ArrayBuffer>[]) =>
  new Uint8Array(await new Blob(parts).arrayBuffer());

/** A file with this header and this many bytes of data. */
function file(header: unknown, data = 0, length?: bigint): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const every: Record<string, StoredTensor> = {
  "a/b.c": { dtype: "F32", shape: [2, 3], values: Float32Array.of(1, -2, 3.5, NaN, -0, Infinity) },
  double: { dtype: "F64", shape: [1], values: Float64Array.of(Math.PI) },
  long: { dtype: "I64", shape: [2], values: BigInt64Array.of(-1n, 2n ** 62n) },
  ulong: { dtype: "U64", shape: [1], values: BigUint64Array.of(2n ** 64n - 1n) },
  int: { dtype: "I32", shape: [3, 1], values: Int32Array.of(-1, 0, 2 ** 31 - 1) },
  uint: { dtype: "U32", shape: [1], values: Uint32Array.of(2 ** 32 - 1) },
  short: { dtype: "I16", shape: [3], values: Int16Array.of(-1, 2, 3) },
  ushort: { dtype: "U16", shape: [1], values: Uint16Array.of(65_535) },
  byte: { dtype: "I8", shape: [3], values: Int8Array.of(-1, 2, 3) },
  ubyte: { dtype: "U8", shape: [1], values: Uint8Array.of(255) },
  truth: { dtype: "BOOL", shape: [2], values: Uint8Array.of(0, 1) },
  scalar: { dtype: "F32", shape: [], values: Float32Array.of(7) },
  empty: { dtype: "F32", shape: [0, 4], values: new Float32Array() },
  "2": { dtype: "U8", shape: [1], values: Uint8Array.of(2) },
  ["__proto__"]: { dtype: "U8", shape: [1], values: Uint8Array.of(3) },
};

Deno.test("decode() gives back what encode() was given, of every dtype", async () => {
  const { tensors, metadata } = decode(
    await bytesOf(encodeSafetensors(every, { format: "pt", "é": "中" })),
  );
  assertEquals(Object.keys(tensors).sort(), Object.keys(every).sort());
  for (const [name, tensor] of Object.entries(every)) {
    assertEquals(Object.getOwnPropertyDescriptor(tensors, name)!.value, tensor, name);
  }
  assertEquals(metadata, { format: "pt", "é": "中" });
});

Deno.test("encode() and decode() work without tensors", async () => {
  assertEquals(decode(await bytesOf(encodeSafetensors({}))), { tensors: {}, metadata: {} });
});

Deno.test("encode() does not copy values, decode() gives views where they are aligned", async () => {
  const values = new Float32Array(8).subarray(2, 4);
  const [, part] = encodeSafetensors({ a: { dtype: "F32", shape: [2], values } });
  assertStrictEquals(part!.buffer, values.buffer);
  assertEquals([part!.byteOffset, part!.length], [8, 8]);
  const bytes = await bytesOf(encodeSafetensors(every));
  for (const { values } of Object.values(decode(bytes).tensors)) {
    assertStrictEquals(values.buffer, bytes.buffer);
  }
});

Deno.test("decode() copies values that are not aligned", () => {
  const header = { b: { dtype: "F32", shape: [1], data_offsets: [0, 4] } };
  for (let blanks = 0; blanks < 4; blanks++) {
    const bytes = file(JSON.stringify(header) + " ".repeat(blanks), 4);
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, 1.5, true);
    assertEquals([...decode(bytes).tensors.b!.values], [1.5]);
    const inside = new Uint8Array(bytes.length + 3); // the file as part of a larger buffer
    inside.set(bytes, 3);
    assertEquals([...decode(inside.subarray(3)).tensors.b!.values], [1.5]);
  }
});

Deno.test("decode() widens half precision of both kinds to float32", () => {
  const bits = {
    F16: [0x3c00, 0xc000, 0x7bff, 0x0001, 0x83ff, 0x8000, 0x7c00, 0xfc00, 0x7e00, 0x3555],
    BF16: [0x3f80, 0xc000, 0x7f7f, 0x0001, 0x8000, 0x7f80, 0xff80, 0x7fc0, 0x3eab, 0x4049],
  };
  const floats = {
    F16: [1, -2, 65_504, 2 ** -24, -1023 * 2 ** -24, -0, Infinity, -Infinity, NaN, 0.333251953125],
    BF16: [1, -2, 255 * 2 ** 120, 2 ** -133, -0, Infinity, -Infinity, NaN, 0.333984375, 3.140625],
  };
  for (const dtype of ["F16", "BF16"] as const) {
    const bytes = file({ h: { dtype, shape: [10], data_offsets: [0, 20] } }, 20);
    bytes.set(new Uint8Array(Uint16Array.from(bits[dtype]).buffer), bytes.length - 20);
    const { dtype: read, values } = decode(bytes).tensors.h!;
    assertEquals(read, "F32");
    assertEquals([...values as Float32Array], floats[dtype]);
  }
});

Deno.test("decode() refuses a header that is longer than the file, without making room for it", () => {
  for (const length of [2n ** 60n, 2n ** 64n - 1n, 3n]) {
    assertThrows(
      () => decode(file("{}", 0, length), "x.safetensors"),
      Error,
      `Cannot read "x.safetensors": it claims a header of ${length} bytes, but has 10 bytes`,
    );
  }
});

Deno.test("decode() refuses files that are too short or whose header is no record", () => {
  const refuse = (bytes: Uint8Array<ArrayBuffer>, why: string) =>
    assertThrows(() => decode(bytes), Error, why);
  refuse(new Uint8Array(), "it has 0 bytes");
  refuse(new Uint8Array(7), "it has 7 bytes");
  refuse(file("{", 0), "its header is not JSON");
  refuse(file("", 0), "its header is not JSON");
  refuse(file("[]", 0), "its header is not an object");
  refuse(file({ __metadata__: { a: 1 } }), `"__metadata__" is {"a":1}`);
  refuse(file({ a: 3 }), `tensor "a" is 3`);
  const invalid = file(`{"a":3}`);
  invalid[10] = 0xff;
  refuse(invalid, "its header is not JSON");
});

Deno.test("decode() names the tensor whose dtype, shape or place is wrong", () => {
  const refuse = (entry: unknown, data: number, why: string) =>
    assertThrows(() => decode(file({ w: entry }, data)), Error, why);
  const right = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  assertEquals(decode(file({ w: right }, 8)).tensors.w!.shape, [2]);
  for (const dtype of ["F8_E4M3", "toString", "", null, 4]) {
    refuse({ ...right, dtype }, 8, `tensor "w" has dtype ${JSON.stringify(dtype)}, expected F64`);
  }
  for (const shape of [[-2], [2.5], ["2"], 2, null, [2 ** 60]]) {
    refuse({ ...right, shape }, 8, `tensor "w" has shape ${JSON.stringify(shape)}`);
  }
  for (const place of [[0, 4], [8, 0], [0], [0, 8, 8], "0,8", [-8, 0], [0, 1e300], undefined]) {
    const found = JSON.stringify(place) ?? "missing";
    refuse({ ...right, data_offsets: place }, 8, `data_offsets of tensor "w" is ${found}`);
  }
  const huge = [2 ** 40, 2 ** 40];
  refuse({ ...right, shape: huge }, 8, "which does not fit F32 [1099511627776,1099511627776]");
});

Deno.test("decode() refuses in one short line, however deep, long or odd what it found is", () => {
  const deep = "[".repeat(20_000) + "]".repeat(20_000);
  const long = JSON.stringify("x".repeat(100_000));
  const headers = [
    ...[`{"w":${deep}}`, `{"w":${long}}`, `{"__metadata__":${deep}}`, `{${long}:1}`, `{"w\\n":1}`],
    ...[`{"w":{"dtype":${deep}}}`, `{"w":{"dtype":"U8","shape":${deep}}}`, `{"\n`, `{"a":\u001b`],
    `{"w":{"dtype":"U8","shape":[${Array(5000).fill(0)}],"data_offsets":${deep}}}`,
  ];
  for (const header of headers) {
    const { message } = assertThrows(() => decode(file(header), "a.safetensors"), Error);
    assertMatch(message, /^Cannot read "a\.safetensors": [\x20-\x7e]{10,500}$/);
  }
});

Deno.test("decode() refuses gaps, overlaps and bytes that belong to no tensor", () => {
  const at = (begin: number, end: number) => ({
    dtype: "U8",
    shape: [end - begin],
    data_offsets: [begin, end],
  });
  const refuse = (header: unknown, data: number, why: string) =>
    assertThrows(() => decode(file(header, data)), Error, why);
  assertEquals(Object.keys(decode(file({ b: at(2, 5), a: at(0, 2) }, 5)).tensors), ["a", "b"]);
  refuse({ a: at(0, 2), b: at(3, 5) }, 5, `tensor "b" starts at byte 3 of the data, expected 2`);
  refuse({ a: at(0, 3), b: at(2, 5) }, 5, `tensor "b" starts at byte 2 of the data, expected 3`);
  refuse({ a: at(0, 2) }, 3, "the tensors end at byte 2 of the data, which has 3 bytes");
  refuse({ a: at(0, 4) }, 3, "the tensors end at byte 4 of the data, which has 3 bytes");
  refuse(`{"a":${JSON.stringify(at(0, 2))},"a":${JSON.stringify(at(2, 4))}}`, 4, "expected 0");
});

Deno.test("decode() refuses a file that is cut off anywhere", async () => {
  const bytes = await bytesOf(encodeSafetensors(every));
  for (let length = 0; length < bytes.length; length++) {
    assertThrows(() => decode(bytes.slice(0, length)), Error, "Cannot read");
  }
});

Deno.test("encode() refuses a shape that does not fit the values", () => {
  const values = Float32Array.of(1, 2);
  for (const shape of [[3], [], [-1, -2], [0.5, 4], [2, 0]]) {
    assertThrows(
      () => encodeSafetensors({ w: { dtype: "F32", shape, values } }),
      Error,
      `tensor "w"`,
    );
  }
  const reserved = { __metadata__: { dtype: "F32", shape: [2], values } } as const;
  assertThrows(() => encodeSafetensors(reserved), Error, `tensor "__metadata__"`);
});

Deno.test({
  name: "decode() reads the reference's files, encode() writes them back value for value",
  ignore: reference.missing,
  fn: async () => {
    for (const name of ["heads", "grads"]) {
      const bytes = await Deno.readFile(`${reference.path}/${name}.safetensors`);
      const { tensors, metadata } = decode(bytes, name);
      assert(Object.keys(tensors).length > 50);
      assertEquals(decode(await bytesOf(encodeSafetensors(tensors, metadata))).tensors, tensors);
    }
  },
});
