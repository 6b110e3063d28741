/**
 * Examples to features: the sequences an encoder reads, cut to its length.
 *
 * With BERT's special pieces a pair becomes `[CLS] hypothesis [SEP] premise [SEP]` (the reference's
 * order), a single sentence `[CLS] sentence [SEP]`; a row of a ranking task becomes one sequence for
 * each candidate.
 *
 * @module
 */
import type { Example, Features } from "../types.ts";
import { stackTargets, takeTargets } from "./targets.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** Which text of a pair comes first and so is side 0. */
export type Order = "hypothesis first" | "premise first";

/** Options of {@linkcode featurize}. */
export interface FeaturizeOptions {
  /** Most pieces in a sequence, special ones included; at most what the encoder reads. */
  readonly maxLength: number;
  /** Default "hypothesis first", as the reference has it. */
  readonly order?: Order;
  /**
   * Whether a premise cut for one candidate stays cut for the next ones, as in the reference program.
   * Default false: each candidate is cut separately.
   */
  readonly keepPremiseCut?: boolean;
}

/** Features, and how many of their rows have a sequence that was cut. */
export interface FeaturizedRows extends Features {
  readonly truncated: number;
}

/**
 * Turns examples into sequences of word pieces.
 *
 * A pair loses pieces from the end of its longer text, of the hypothesis where both are equally
 * long, until it has room for its special pieces (`maxLength` - 3 with BERT's); a single sentence is
 * cut to as many (as the reference does). Sequences of a row: one, or one for each candidate.
 *
 * Throws where `maxLength` is too small and where rows differ in their number of hypotheses.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { featurize } from "./features.ts";
 *
 * const tokenizer = {
 *   specials: { begin: [1], between: [2], end: [2], pad: 0, unk: 3 },
 *   ...{ size: 30, hash: "" },
 *   encode: (text: string) => text.split(" ").map(Number),
 *   piece: String,
 * };
 * const example = { row: 0, id: "0", premise: "11 12 13", hypotheses: ["21 22"], targets: [1] };
 * const features = featurize([example], tokenizer, { maxLength: 7 });
 * assertEquals([...features.tokens], [1, 21, 22, 2, 11, 12, 2]);
 * assertEquals([...features.boundaries], [4]);
 * assertEquals(features.truncated, 1);
 * ```
 */
export function featurize(
  examples: readonly Example[],
  tokenizer: Tokenizer,
  { maxLength, order = "hypothesis first", keepPremiseCut = false }: FeaturizeOptions,
): FeaturizedRows {
  const { begin, between, end, pad } = tokenizer.specials;
  const taken = begin.length + between.length + end.length;
  if (!Number.isSafeInteger(maxLength) || maxLength <= taken) {
    throw new RangeError(
      `Cannot make sequences of ${maxLength} pieces: expected at least ${taken + 1}`,
    );
  }
  const hypotheses = examples[0]?.hypotheses.length ?? 0;
  const candidates = Math.max(1, hypotheses);
  const out = sequences(examples.length * candidates);
  let truncated = 0;
  for (const example of examples) {
    checkHypotheses(example, hypotheses);
    const row = cutRow(example, tokenizer, maxLength - taken, keepPremiseCut);
    if (row.cut) truncated++;
    for (const texts of row.sequences) {
      const [first = [], second] = order === "hypothesis first" ? texts : texts.toReversed();
      const side = [...begin, ...first, ...(second === undefined ? end : between)];
      const rest = second === undefined ? [] : [...second, ...end];
      out.add([...side, ...rest], side.length);
    }
  }
  return {
    candidates,
    pad,
    ...out.finish(),
    targets: stackTargets(examples),
    rows: Int32Array.from(examples, ({ row }) => row),
    ids: examples.map(({ id }) => id),
    truncated,
  };
}

/** The pieces of each sequence of a row, hypothesis before premise, cut to `room`. */
function cutRow(
  { premise: text, hypotheses }: Example,
  { encode }: Tokenizer,
  room: number,
  keepPremiseCut: boolean,
): { sequences: number[][][]; cut: boolean } {
  const premise = encode(text);
  if (hypotheses.length === 0) {
    return { sequences: [[premise.slice(0, room)]], cut: premise.length > room };
  }
  let kept = premise.length;
  let cut = false;
  const sequences = hypotheses.map((text) => {
    const hypothesis = encode(text);
    const lengths = cutPair(keepPremiseCut ? kept : premise.length, hypothesis.length, room);
    kept = lengths.premise;
    cut ||= kept < premise.length || lengths.hypothesis < hypothesis.length;
    return [hypothesis.slice(0, lengths.hypothesis), premise.slice(0, kept)];
  });
  return { sequences, cut };
}

/**
 * How many pieces of each text stay when pieces are taken one by one from the longer text, from
 * the hypothesis where both are equally long, until at most `room` are left.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cutPair } from "./features.ts";
 *
 * assertEquals(cutPair(9, 4, 7), { premise: 4, hypothesis: 3 });
 * assertEquals(cutPair(2, 9, 7), { premise: 2, hypothesis: 5 });
 * ```
 */
export function cutPair(
  premise: number,
  hypothesis: number,
  room: number,
): { premise: number; hypothesis: number } {
  if (premise + hypothesis <= room) return { premise, hypothesis };
  const [smaller, larger] = [Math.floor(room / 2), Math.ceil(room / 2)];
  // Where both are longer than half the room they meet there; the odd piece stays with the premise.
  if (hypothesis <= smaller) return { premise: room - hypothesis, hypothesis };
  if (premise <= larger) return { premise, hypothesis: room - premise };
  return { premise: larger, hypothesis: smaller };
}

/**
 * The features of some rows, in the order given: a random part of a split, or what is left of it.
 *
 * Throws a RangeError where a position is not one of the rows.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { selectRows } from "./features.ts";
 *
 * const features = {
 *   candidates: 1,
 *   pad: 0,
 *   tokens: Int32Array.of(1, 7, 2, 1, 8, 9, 2),
 *   offsets: Int32Array.of(0, 3, 7),
 *   boundaries: Int32Array.of(3, 4),
 *   targets: Float32Array.of(0, 1),
 *   rows: Int32Array.of(0, 1),
 *   ids: ["a", "b"],
 * };
 * const second = selectRows(features, [1]);
 * assertEquals([...second.tokens], [1, 8, 9, 2]);
 * assertEquals(second.ids, ["b"]);
 * ```
 */
export function selectRows(features: Features, positions: ArrayLike<number>): Features {
  const { candidates, pad, tokens, offsets, boundaries, targets, rows, ids } = features;
  const out = sequences(positions.length * candidates);
  const chosen = Array.from(positions);
  for (const row of chosen) {
    if (!(row in rows)) {
      throw new RangeError(`Cannot select row ${row}: expected a position below ${rows.length}`);
    }
    for (let s = row * candidates; s < (row + 1) * candidates; s++) {
      out.add(tokens.subarray(offsets[s]!, offsets[s + 1]!), boundaries[s]!);
    }
  }
  return {
    candidates,
    pad,
    ...out.finish(),
    targets: takeTargets(targets, rows.length, chosen),
    rows: Int32Array.from(chosen, (row) => rows[row]!),
    ids: chosen.map((row) => ids[row]!),
  };
}

/**
 * Drops the rows that have a sequence of more than `maxLength` pieces, as the reference does in
 * training (in evaluation it keeps them), and says how many they were.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dropLongRows } from "./features.ts";
 *
 * const features = {
 *   candidates: 1,
 *   pad: 0,
 *   tokens: Int32Array.of(1, 7, 2, 1, 8, 9, 2),
 *   offsets: Int32Array.of(0, 3, 7),
 *   boundaries: Int32Array.of(3, 4),
 *   targets: Float32Array.of(0, 1),
 *   rows: Int32Array.of(0, 1),
 *   ids: ["a", "b"],
 * };
 * const { features: kept, dropped } = dropLongRows(features, 3);
 * assertEquals([kept.ids, dropped], [["a"], 1]);
 * ```
 */
export function dropLongRows(
  features: Features,
  maxLength: number,
): { features: Features; dropped: number } {
  const { candidates, offsets, rows } = features;
  const kept: number[] = [];
  for (let row = 0; row < rows.length; row++) {
    let longest = 0;
    for (let s = row * candidates; s < (row + 1) * candidates; s++) {
      longest = Math.max(longest, offsets[s + 1]! - offsets[s]!);
    }
    if (longest <= maxLength) kept.push(row);
  }
  return { features: selectRows(features, kept), dropped: rows.length - kept.length };
}

function checkHypotheses({ row, hypotheses }: Example, expected: number): void {
  if (hypotheses.length === expected) return;
  throw new Error(
    `Cannot make features: row ${row} has ${hypotheses.length} hypotheses, expected ${expected} ` +
      `as in the first row; all rows of a task have the same number (0 for single sentences)`,
  );
}

/** Room for sequences one after another; the pieces grow by doubling. */
function sequences(count: number) {
  let tokens = new Int32Array(1024);
  let length = 0;
  let done = 0;
  const offsets = new Int32Array(count + 1);
  const boundaries = new Int32Array(count);
  return {
    add(pieces: ArrayLike<number>, boundary: number): void {
      const end = length + pieces.length;
      if (end > tokens.length) {
        const larger = new Int32Array(Math.max(end, 2 * tokens.length));
        larger.set(tokens.subarray(0, length));
        tokens = larger;
      }
      tokens.set(pieces, length);
      length = end;
      boundaries[done++] = boundary;
      offsets[done] = end;
    },
    finish: () => ({ tokens: tokens.slice(0, length), offsets, boundaries }),
  };
}
