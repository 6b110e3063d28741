import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { answer, classify } from "../../lib/model/heads.ts";
import { createNetwork, type Network } from "../../lib/model/network.ts";
import type { StartOptions } from "../../lib/model/parameters.ts";
import { createRandom } from "../../lib/base/random.ts";
import { leavingNothing, take } from "../tensorflow/support.ts";
import { toyConfig, toyValues } from "../support/toy.ts";

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

/** First values of a weight-normed answer head, by path below it. */
function normedHead(options?: StartOptions): Record<string, Float32Array> {
  const network = createNetwork(toyConfig, {});
  network.addHead("rte", answer({ weightNorm: true }), 2, createRandom(1), options);
  const values = Object.entries(network.values("heads/rte/"))
    .map(([path, { values }]) => [path.slice("heads/rte/".length), values]);
  network.dispose();
  return Object.fromEntries(values);
}

/** Root of the mean square. */
function size(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

Deno.test("weight-normed linear layers start from N(0, 0.02), or as PyTorch starts linear layers", () =>
  leavingNothing(() => {
    const [fixed, faithful] = [normedHead(), normedHead({ skipNormed: true })];
    // attention: 32 to 32; output: [x; s; |x - s|; x * s] to 2 labels
    for (const [layer, inputs] of [["attention", 32], ["output", 128]] as const) {
      assertAlmostEquals(size(fixed[`${layer}/kernel`]!), 0.02, 0.003);
      const kernel = faithful[`${layer}/kernel`]!;
      // kaiming_uniform_(a = sqrt(5)): bound sqrt(6 / (1 + 5) / inputs), variance bound^2 / 3
      const bound = Math.sqrt(6 / (1 + 5) / inputs);
      assert(kernel.every((value) => Math.abs(value) <= bound));
      assertAlmostEquals(Math.max(...kernel), bound, bound / 20);
      assertAlmostEquals(size(kernel), bound / Math.sqrt(3), bound / 20);
    }
  }));

Deno.test("skipping the start of weight-normed linear layers leaves all else as it was", () =>
  leavingNothing(() => {
    const [fixed, faithful] = [normedHead(), normedHead({ skipNormed: true })];
    const differing = Object.keys(fixed).filter((path) =>
      fixed[path]!.some((value, i) => value !== faithful[path]![i])
    );
    assertEquals(differing, ["attention/kernel", "attention/gain", "output/kernel", "output/gain"]);
    for (const head of [fixed, faithful]) {
      for (const layer of ["attention", "output"]) {
        assertEquals(new Set(head[`${layer}/bias`]), new Set([0]));
        const [kernel, gain] = [head[`${layer}/kernel`]!, head[`${layer}/gain`]!];
        const columns = Array.from(gain, (_, j) => kernel.filter((_, i) => i % gain.length === j));
        columns.forEach((column, j) => assertAlmostEquals(gain[j]!, Math.hypot(...column), 1e-6) // |direction|: it starts as itself
        );
      }
    }
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
