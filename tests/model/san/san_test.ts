import { assert, assertEquals } from "@std/assert";
import { crossEntropyObjective } from "../../../lib/model/objectives.ts";
import {
  san,
  sanDefaults,
  type SanOptions,
  sanSpecs,
  type SanTrace,
} from "../../../lib/model/san/san.ts";
import { createRandom } from "../../../lib/base/random.ts";
import { startTensorFlow, type Tensor, tf } from "../../../lib/tensorflow/backend.ts";
import { op } from "../../../lib/tensorflow/operations/operation.ts";
import { type RandomSource, randomSource } from "../../../lib/tensorflow/operations/random.ts";
import {
  crossEntropyFormula,
  type Flat,
  type Masks,
  type Matrix,
  noMasks,
  normalCube,
  numericGradients,
  randomParameters,
  sanFormula,
  type Vector,
} from "../formulas.ts";
import { assertClose, batchOf, lossAndGradients } from "../heads_harness.ts";

await startTensorFlow();

const [ROWS, TOKENS, WIDTH, CLASSES] = [3, 6, 2, 3];

/** A usual row, one with a premise of one position and padding, one with a short hypothesis. */
const SIDES = [
  [0, 0, 0, 1, 1, 1],
  [0, 0, 0, 1, undefined, undefined],
  [0, 0, 1, 1, 1, undefined],
];
const TARGETS = [2, 0, 1];

/** Every option once beside the usual ones, and some together. */
const CASES: Readonly<Record<string, Partial<SanOptions>>> = {
  "the usual options": {},
  "simple attention": { attention: "simple" },
  "flat attention": { attention: "flat" },
  "flat attention with difference": { attention: "flat with difference" },
  "an RNN cell": { cell: "rnn" },
  "an LSTM cell": { cell: "lstm" },
  "two-way merging": { merge: "two-way" },
  "the last turn's answer": { answer: "last" },
  "one turn": { turns: 1 },
  "ten turns": { turns: 10 },
  "weight norm": { weightNorm: true },
  "weight norm, an LSTM cell and flat attention": {
    ...{ weightNorm: true, cell: "lstm", attention: "flat with difference" },
  },
  "weight norm, an RNN cell, simple attention and the last of two turns, merged two-way": {
    ...{ weightNorm: true, cell: "rnn", attention: "simple" },
    ...{ turns: 2, answer: "last", merge: "two-way" },
  },
};

/** Every value an option can take, so that the compiler asks for a new one here. */
const VALUES: {
  readonly [K in "attention" | "cell" | "merge" | "answer"]: Readonly<Record<SanOptions[K], true>>;
} = {
  attention: { "bilinear": true, "simple": true, "flat": true, "flat with difference": true },
  cell: { gru: true, lstm: true, rnn: true },
  merge: { "four-way": true, "two-way": true },
  answer: { mean: true, last: true },
};

Deno.test("every value of every option of san() is at work in a case", () => {
  const chosen = Object.values(CASES).map((changes) => ({ ...sanDefaults, ...changes }));
  for (const [option, values] of Object.entries(VALUES)) {
    const seen = new Set(chosen.map((options) => options[option as keyof typeof VALUES]));
    assertEquals([...seen].sort(), Object.keys(values).sort(), option);
  }
  assertEquals(new Set(chosen.map(({ weightNorm }) => weightNorm)).size, 2);
  assert(new Set(chosen.map(({ turns }) => turns)).size > 2);
});

/** Masks that both sides are given: recorded while one side draws, replayed for the other. */
interface SharedMasks {
  /** For the library, which draws for all rows at once. */
  readonly random: RandomSource;
  /** For the formula of one row. */
  forRow(row: number): Masks;
}

/** Multipliers of 0 or 2, from a stream; they stay the same however often they are replayed. */
function sharedMasks(seed: number): SharedMasks {
  const places: Matrix[] = [];
  const place = (index: number, width: number) => {
    const random = createRandom(`${seed} ${index} ${width}`);
    return places[index] ??= Array.from(
      { length: ROWS },
      () => Array.from({ length: width }, () => 2 * random.integer(2)),
    );
  };
  const turns = (columns: number) => {
    const random = createRandom(`${seed} turns`);
    return Array.from(
      { length: ROWS },
      () =>
        Array.from({ length: columns }, (_, k) => k === columns - 1 || random.integer(2) ? 1.5 : 0),
    );
  };
  let next = 0;
  return {
    random: {
      elementMask: (shape) => {
        const width = [...shape.dataSync()].at(-1)!;
        return op("Reshape", [tf.tensor2d(place(next++, width)), shape]);
      },
      keepMask: () => {
        throw new Error("a head drops no attention weights");
      },
      columnMask: (_, columns) => tf.tensor2d(turns(columns)),
    },
    forRow: (row) => {
      let own = 0;
      return {
        element: (width) => place(own++, width)[row]!,
        turns: (count) => turns(count)[row]!,
      };
    },
  };
}

const hidden = normalCube(createRandom("hidden"), ROWS, TOKENS, WIDTH);

function runFormula(parameters: Flat, cube: Matrix[], options: SanOptions, masks?: SharedMasks) {
  return cube.map((rows, row) =>
    sanFormula(
      parameters,
      { hidden: rows, sides: SIDES[row]! },
      options,
      masks?.forRow(row) ?? noMasks,
    )
  );
}

/** Runs the head on the small rows. */
function runSan<T extends Tensor | Record<string, Tensor>>(
  parameters: Flat,
  options: SanOptions,
  rate: number,
  random: RandomSource | undefined,
  take: (trace: SanTrace) => T,
): T {
  return tf.tidy(() => {
    const at = (name: string) => {
      const { shape, values } = parameters[name]!;
      return tf.tensor(values, [...shape], "float32");
    };
    const encoded = { hidden: tf.tensor3d(hidden), pooled: () => tf.zeros([1]) };
    return take(san(at, encoded, batchOf(SIDES), options, rate, { random }));
  });
}

const flat = (name: string, values: readonly number[]): Flat => ({
  [name]: { shape: [values.length], values: [...values] },
});

for (const [name, chosen] of Object.entries(CASES)) {
  const options = { ...sanDefaults, ...chosen };
  const parameters = randomParameters(sanSpecs(WIDTH, CLASSES, options), 7);

  Deno.test(`san() with ${name} goes through the values of its formula`, () => {
    const trace = runSan(parameters, options, 0.5, undefined, (trace): Record<string, Tensor> => ({
      start: trace.start,
      attentions: op("Pack", trace.attentions),
      read: op("Pack", trace.read),
      turnLogits: op("Pack", trace.turnLogits),
      logits: trace.logits,
      ...(trace.states.length > 0 && { states: op("Pack", trace.states) }),
    }));
    const rows = runFormula(parameters, hidden, options);
    for (const key of Object.keys(trace) as (keyof typeof rows[0])[]) {
      const perTurn = Array.isArray(rows[0]![key][0]);
      const expected = perTurn
        ? (rows[0]![key] as Matrix).flatMap((_, turn) =>
          rows.flatMap((row) => (row[key] as Matrix)[turn]!)
        )
        : rows.flatMap((row) => row[key] as Vector);
      assertClose(flat(key, [...trace[key]!.dataSync()]), flat(key, expected), 3e-6, name);
      trace[key]!.dispose();
    }
  });

  Deno.test(`san() with ${name} has the gradients of its formula, with dropout and without`, () => {
    for (const masks of [undefined, sharedMasks(3)]) {
      const loss = (all: Flat) => {
        const { hidden: { values } = { values: [] }, ...own } = all;
        const cube = hidden.map((row, b) =>
          row.map((position, t) => position.map((_, i) => values[(b * TOKENS + t) * WIDTH + i]!))
        );
        const rows = runFormula(own, cube, options, masks);
        const losses = rows.map(({ logits }, row) => crossEntropyFormula(logits, TARGETS[row]!));
        return losses.reduce((sum, value) => sum + value, 0) / ROWS;
      };
      const encoded = { hidden: { shape: [ROWS, TOKENS, WIDTH], values: hidden.flat(2) } };
      const found = lossAndGradients({
        ...{ parameters, encoded, targets: TARGETS, objective: crossEntropyObjective },
        logits: (at, given, run) => {
          const batch = batchOf(SIDES);
          return san(at, given, batch, options, 0.5, run).logits;
        },
        run: () => ({ random: masks?.random }),
      });
      const all = { ...parameters, ...encoded };
      const what = `${name}, ${masks ? "with" : "without"} dropout`;
      assertClose(flat("loss", [found.loss]), flat("loss", [loss(all)]), 3e-6, what);
      assertClose(found.gradients, numericGradients(loss, all), 1e-5, what);
    }
  });
}

Deno.test("san() always keeps one turn, so its logits stay finite at any dropout of turns", () => {
  const options = { ...sanDefaults, turnDropout: 0.999 };
  const parameters = randomParameters(sanSpecs(WIDTH, CLASSES, options), 7);
  for (let seed = 0; seed < 20; seed++) {
    const random = randomSource(tf.tensor1d([seed, 0], "int32"));
    const logits = runSan(parameters, options, 0, random, (trace) => trace.logits);
    assert([...logits.dataSync()].every(Number.isFinite), `seed ${seed}`);
    logits.dispose();
  }
});

Deno.test("san() draws nothing in evaluation and the same from the same seed in training", () => {
  const parameters = randomParameters(sanSpecs(WIDTH, CLASSES, sanDefaults), 7);
  const run = (random?: RandomSource) => {
    const logits = runSan(parameters, sanDefaults, 0.5, random, (trace) => trace.logits);
    const values = [...logits.dataSync()];
    logits.dispose();
    return values;
  };
  const seeded = (seed: number) => run(randomSource(tf.tensor1d([seed, 1], "int32")));
  assertEquals(run(), run());
  assertEquals(seeded(4), seeded(4));
  assert(`${seeded(4)}` !== `${seeded(5)}`);
  assert(`${seeded(4)}` !== `${run()}`);
});

Deno.test("san() does not see padding: a longer batch gives a row the same logits", () => {
  const parameters = randomParameters(sanSpecs(WIDTH, CLASSES, sanDefaults), 7);
  const logitsOf = (extra: number) =>
    tf.tidy(() => {
      const at = (name: string) =>
        tf.tensor(parameters[name]!.values, [...parameters[name]!.shape], "float32");
      const cube = hidden.map((row) => [...row, ...Array.from({ length: extra }, () => [9, -9])]);
      const sides = SIDES.map((row) => [...row, ...new Array(extra).fill(undefined)]);
      const encoded = { hidden: tf.tensor3d(cube), pooled: () => tf.zeros([1]) };
      return [...san(at, encoded, batchOf(sides), sanDefaults, 0, {}).logits.dataSync()];
    });
  assertClose(flat("logits", logitsOf(4)), flat("logits", logitsOf(0)), 1e-6, "four more");
});
