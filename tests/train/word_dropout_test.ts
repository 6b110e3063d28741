import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { collate } from "../../lib/input/batches.ts";
import { featurize } from "../../lib/input/features.ts";
import { createRandom } from "../../lib/base/random.ts";
import { tasks } from "../../lib/tasks.ts";
import type { TrainingOptions } from "../../lib/train/options.ts";
import { createTrainer } from "../../lib/train/trainer.ts";
import { createWordDropout, dropWords } from "../../lib/train/word_dropout.ts";
import type { Batch, Features } from "../../lib/types.ts";
import { leavingNothing } from "../tensorflow/support.ts";
import { toyFeatures, toyPairs, toyTokenizer } from "../support/toy.ts";
import { toyNetwork, toyOptions, toyTask, train } from "./toy_training.ts";

const { specials } = toyTokenizer;
const { pad, unk } = specials;
/** Whether an id begins, divides or ends a sequence. */
const isJoint = (id: number) =>
  [specials.begin, specials.between, specials.end].some((ids) => ids.includes(id));

/** Single sentences, pairs, pairs with an empty side, ranking rows: each kind of row in a batch. */
const batches: Readonly<Record<string, Batch>> = {
  sentences: batchOf([["the cat is red"], ["a dog"]]),
  pairs: batchOf([["the cat is red", "a dog"], ["a", "the small old quick fish"]]),
  "pairs with an empty side": batchOf([["", "a dog"], ["the cat is red", ""]]),
  "ranking rows": batchOf([["a cat", "red", "the old dog"], ["dog", "a b c", "blue"]]),
};

/** Each row a premise and its hypotheses. */
function batchOf(rows: readonly (readonly [string, ...string[]])[]): Batch {
  const examples = rows.map(([premise, ...hypotheses], row) => ({
    ...{ row, id: String(row), premise, hypotheses, targets: [0] },
  }));
  const features = featurize(examples, toyTokenizer, { maxLength: 64 });
  return collate(features, [...rows.keys()]);
}

const everyWord = { rate: 1, specials, hitsSpecials: false };

for (const [kind, batch] of Object.entries(batches)) {
  // The toy vocabulary's texts hold no special piece, so the ids tell where those stand.
  const isSpecial = (id: number) => isJoint(id) || id === pad;

  Deno.test(`at rate 1 every word goes, and specials and padding stay: ${kind}`, () => {
    const expected = batch.tokens.map((id) => isSpecial(id) ? id : unk);
    assertEquals(dropWords(batch, createRandom(1), everyWord), { ...batch, tokens: expected });
  });

  Deno.test(`the reference program's may take specials too, but no padding: ${kind}`, () => {
    const expected = batch.tokens.map((id) => id === pad ? pad : unk);
    const { tokens } = dropWords(batch, createRandom(1), { ...everyWord, hitsSpecials: true });
    assertEquals(tokens, expected);
  });
}

Deno.test("every special piece is spared where more than one stands between or around texts", () => {
  const doubled = { begin: [1, 2], between: [3, 4, 5], end: [6, 7], pad: 8, unk: 9 };
  const sequences = [[1, 2, 50, 3, 4, 5, 50, 6, 7], [1, 2, 50, 50, 50, 6, 7, 8, 8], [
    ...[1, 2, 3, 4, 5, 6, 7, 8, 8],
  ]];
  const starts = [6, 9, 5]; // of the second text
  const batch = {
    ...{ size: 3, length: 9, targets: new Float32Array(3), positions: Int32Array.of(0, 1, 2) },
    tokens: Int32Array.from(sequences.flat()),
    sides: Int32Array.from(
      sequences.flatMap((ids, row) => ids.map((id, at) => id !== 8 && at >= starts[row]! ? 1 : 0)),
    ),
    mask: Float32Array.from(sequences.flat(), (id) => id === 8 ? 0 : 1),
  };
  const all = { rate: 1, specials: doubled, hitsSpecials: false };
  const expected = batch.tokens.map((id) => id === 50 ? 9 : id);
  assertEquals(dropWords(batch, createRandom(1), all).tokens, expected);
});

/** A batch of some 1,600 pieces. */
const large = collate(toyFeatures(96), [...Array(96).keys()]);

Deno.test("about the asked share of the pieces goes, specials as often as words", () => {
  const some = { rate: 0.2, specials, hitsSpecials: true };
  const { tokens } = dropWords(large, createRandom(1), some);
  const share = (of: (id: number) => boolean) => {
    const places = [...large.tokens.keys()].filter((at) => of(large.tokens[at]!));
    return places.filter((at) => tokens[at] === unk).length / places.length;
  };
  assertAlmostEquals(share((id) => id !== pad), 0.2, 0.03); // standard deviation 0.01
  assertAlmostEquals(share(isJoint), 0.2, 0.07); // 0.024
});

Deno.test("sparing specials changes no word: the same words go either way", () => {
  const some = { rate: 0.3, specials, hitsSpecials: true };
  const hit = dropWords(large, createRandom(3), some).tokens;
  const spared = dropWords(large, createRandom(3), { ...some, hitsSpecials: false }).tokens;
  const different = [...hit.keys()].filter((at) => hit[at] !== spared[at]);
  assert(different.length > 20, `${different.length} specials hit`);
  assert(different.every((at) => isJoint(spared[at]!)));
});

Deno.test("words drop by seed and step alone, and the batch that came stays as it was", () => {
  const options = { wordDropout: 0.5, specials };
  const before = large.tokens.slice();
  const first = createWordDropout(options, createRandom(1));
  const second = createWordDropout(options, createRandom(1));
  const third = first(large, 3).tokens;
  first(large, 7);
  assertEquals(second(large, 3).tokens, third);
  assertEquals(large.tokens, before);
  const differs = (tokens: Int32Array) => tokens.some((id, at) => id !== third[at]);
  assert(differs(first(large, 4).tokens));
  assert(differs(createWordDropout(options, createRandom(2))(large, 3).tokens));
});

Deno.test("without word dropout a batch goes through as it is", () => {
  for (const none of [{}, { wordDropout: 0 }, { specials }]) {
    assert(createWordDropout(none, createRandom(1))(large, 0) === large);
  }
});

Deno.test("a rate that is none and a missing id are refused in one sentence", () => {
  const refused = (options: Partial<TrainingOptions>, sentence: string) =>
    assertThrows(
      () => createWordDropout(options, createRandom(1)),
      Error,
      sentence,
    );
  refused({ wordDropout: 1.5, specials }, "Cannot drop words at the rate 1.5: expected 0 to 1.");
  refused({ wordDropout: -0.1, specials }, "Cannot drop words at the rate -0.1: expected 0 to 1.");
  refused({ wordDropout: NaN, specials }, "Cannot drop words at the rate NaN: expected 0 to 1.");
  refused({ wordDropout: 0.1 }, "Cannot drop words at the rate 0.1: the ids of the special pieces");
});

/** Losses of a few steps of a run. */
async function losses(features: Features, changes: Partial<TrainingOptions>) {
  const entry = toyTask(features.candidates > 1 ? tasks.qnli_rank : tasks.rte, { features });
  const network = toyNetwork([entry]);
  const steps = await train(network, [entry], toyOptions({ maxSteps: 4, ...changes }));
  network.dispose();
  return steps.map(({ loss }) => loss);
}

Deno.test("a run learns what is left of its words, as if its rows had been written so", () =>
  leavingNothing(async () => {
    for (const features of [toyFeatures(32), toyPairs(16)]) {
      const masked = (keeps: (id: number) => boolean): Features => ({
        ...features,
        tokens: features.tokens.map((id) => keeps(id) ? id : unk),
      });
      const all = { wordDropout: 1, specials };
      assertEquals(await losses(features, all), await losses(masked(isJoint), {}));
      assertEquals(
        await losses(features, { ...all, dropSpecials: true }),
        await losses(masked(() => false), {}),
      );
    }
  }));

Deno.test("a run that goes on after a stop drops the words that it would have dropped", () =>
  leavingNothing(async () => {
    const entry = toyTask(tasks.rte, { features: toyFeatures(64) });
    const options = toyOptions({ maxSteps: 4, wordDropout: 0.3, specials });
    const whole = toyNetwork([entry]);
    const expected = (await train(whole, [entry], options)).map(({ loss }) => loss);
    const network = toyNetwork([entry]);
    const first = createTrainer(network, [entry], options);
    const found: (number | null)[] = [];
    for await (const { loss } of first.steps()) if (found.push(loss) === 2) break;
    const second = createTrainer(network, [entry], options, first.state());
    for await (const { loss } of second.steps()) found.push(loss);
    assertEquals(found, expected);
    [first, second, whole, network].forEach((it) => it.dispose());
  }));
