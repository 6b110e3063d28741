import { assert, assertEquals, assertThrows } from "@std/assert";
import { answer, classify } from "../../lib/model/heads.ts";
import { createNetwork, type Network } from "../../lib/model/network.ts";
import { createRandom } from "../../lib/random.ts";
import { leavingNothing, take } from "../tensorflow/support.ts";
import { toyConfig, toyValues } from "../toy.ts";

/** Lends a network of the toy encoder. */
function withNetwork(use: (network: Network) => unknown): Promise<void> {
  return leavingNothing(async () => {
    const network = createNetwork(toyConfig, toyValues());
    await use(network);
    network.dispose();
  });
}

Deno.test("a network holds the encoder's values under their paths", () =>
  withNetwork((network) => {
    assertEquals(network.values(), toyValues());
    const { "encoder/pooler/bias": bias } = network.read(["encoder/pooler/bias"]);
    assertEquals(take(bias), Array(32).fill(0));
  }));

Deno.test("a head stands under its name beside the encoder", () =>
  withNetwork((network) => {
    assert(!network.hasHead("rte"));
    network.addHead("rte", classify, 2, createRandom(1));
    network.addHead("mnli", answer(), 3, createRandom(1));
    assert(network.hasHead("rte") && network.hasHead("mnli") && !network.hasHead("mn"));
    const shapes = Object.entries(network.values("heads/rte/")).map((
      [path, { shape }],
    ) => [path, shape]);
    assertEquals(shapes, [["heads/rte/output/kernel", [32, 2]], ["heads/rte/output/bias", [2]]]);
    assertThrows(
      () => network.addHead("rte", classify, 2, createRandom(1)),
      Error,
      'The network has a head "rte" already.',
    );
  }));

Deno.test("a head's first values depend on seed and name, not on the heads before it", () =>
  withNetwork((network) => {
    network.addHead("rte", classify, 2, createRandom(1));
    network.addHead("wnli", classify, 2, createRandom(1));
    const alone = createNetwork(toyConfig, {});
    alone.addHead("wnli", classify, 2, createRandom(1));
    assertEquals(network.values("heads/wnli/"), alone.values());
    assert(
      network.values("heads/rte/output/kernel")["heads/rte/output/kernel"]!.values[0] !==
        alone.values()["heads/wnli/output/kernel"]!.values[0],
    );
    alone.dispose();
  }));

Deno.test("values that are loaded are read again; the rest stays", () =>
  withNetwork((network) => {
    const path = "encoder/pooler/bias";
    const values = Float32Array.from({ length: 32 }, (_, i) => i / 7);
    const before = network.values();
    network.load({ [path]: { shape: [32], values } });
    assertEquals(network.values(), { ...before, [path]: { shape: [32], values } });
    values.fill(9); // the network has a copy
    assert(network.values(path)[path]!.values[1] === Math.fround(1 / 7));
  }));

Deno.test("an unknown parameter and another shape are refused by name", () =>
  withNetwork((network) => {
    const values = new Float32Array(8);
    assertThrows(
      () => network.load({ "heads/rte/output/bias": { shape: [8], values } }),
      Error,
      'Cannot load parameter "heads/rte/output/bias" of shape [8]: the network has no such parameter.',
    );
    assertThrows(
      () => network.load({ "encoder/pooler/bias": { shape: [8], values } }),
      Error,
      'Cannot load parameter "encoder/pooler/bias" of shape [8]: the network has it with shape [32].',
    );
  }));
