/**
 * The nouns of the project, one for each station between an official file and a table:
 * Example, Features, Batch, Prediction, Scores; and Step, the record that training yields.
 *
 * @module
 */

/** Which part of a task's data a row belongs to; tasks may add splits of their own names. */
export type Split = string;

/** One parsed row of an official file. */
export interface Example {
  /** Row number in the file, counted from 0 after any header. */
  readonly row: number;
  /** The official identifier of the row where the file has one, else the row number as text. */
  readonly id: string;
  /** First text; single-sentence tasks have only this one. */
  readonly premise: string;
  /** Second text, or for a ranking task each candidate; empty for single sentences. */
  readonly hypotheses: readonly string[];
  /**
   * What is to be predicted, as many numbers as the task's targets are wide: a label index, a score
   * or the index of the positive candidate; or for each label 1 where it is right and else 0. Empty
   * where the file has none.
   */
  readonly targets: readonly number[];
}

/**
 * The special pieces of an encoder, by name or by id, and what they are for: one text becomes
 * `begin text end`, two become `begin first between second end`.
 */
export interface Specials<Piece extends string | number> {
  /** Before the first text. */
  readonly begin: readonly Piece[];
  /** Counted to the first text's side. */
  readonly between: readonly Piece[];
  /** Behind the last text. */
  readonly end: readonly Piece[];
  /** Fills a batch. */
  readonly pad: Piece;
  /** Stands for a word without pieces. */
  readonly unk: Piece;
}

/**
 * The features of one split, column by column. Sequence s owns
 * `tokens.subarray(offsets[s], offsets[s + 1])`; row r owns the sequences
 * `r * candidates` up to `(r + 1) * candidates`.
 */
export interface Features {
  /** Sequences per row: 1, or the number of candidates of a ranking task. */
  readonly candidates: number;
  /** Id that a batch is padded with. */
  readonly pad: number;
  /** Word-piece ids of all sequences, one after another. */
  readonly tokens: Int32Array;
  /** [sequences + 1] where each sequence starts in `tokens`. */
  readonly offsets: Int32Array;
  /** [sequences] how many leading pieces belong to side 0 (what begins it and stands between included). */
  readonly boundaries: Int32Array;
  /** [rows, width] targets as an {@linkcode Example} has them; NaN where the file has none. */
  readonly targets: Float32Array;
  /** [rows] row number in the official file. */
  readonly rows: Int32Array;
  /** [rows] official identifiers. */
  readonly ids: readonly string[];
}

/** Padded arrays of a few rows, ready for the encoder; s = rows x candidates sequences, t pieces. */
export interface Batch {
  /** Number of rows, b. */
  readonly size: number;
  /** Padded length, t: that of the longest sequence. */
  readonly length: number;
  /** [s, t] word-piece ids, that of padding where padded. */
  readonly tokens: Int32Array;
  /** [s, t] which text a piece is on: 0 the first or padding, 1 the second with what ends it. */
  readonly sides: Int32Array;
  /** [s, t] 1 for a piece, 0 for padding. */
  readonly mask: Float32Array;
  /** [b, width] targets as an {@linkcode Example} has them; NaN where there is none. */
  readonly targets: Float32Array;
  /** [b] positions of the rows in their Features. */
  readonly positions: Int32Array;
}

/** What a model decides for one row. */
export interface Prediction {
  /** In the form of a row's targets: label index, index of the best candidate, or score. */
  readonly values: readonly number[];
  /** Probability of each label or candidate; empty for regression. */
  readonly probabilities: readonly number[];
}

/** Metric name to value (x 100 where the metric is a share); null where the metric is undefined. */
export type Scores = Readonly<Record<string, number | null>>;

/** One update, as training yields it and log.jsonl keeps it. */
export interface Step {
  /** Counted from 0 over the whole run. */
  readonly step: number;
  /** Pass over the mixture, counted from 0. */
  readonly epoch: number;
  /** The task whose batch it was. */
  readonly task: string;
  /** Mean loss of the batch; null where it or the gradient was not finite and the step skipped. */
  readonly loss: number | null;
  /** Global norm of the gradients before clipping; null where the step was skipped. */
  readonly gradientNorm: number | null;
  /** The rate that the update was made with. */
  readonly learningRate: number;
  /** Rows in the batch. */
  readonly rows: number;
  /** Pieces in the batch, padding not counted. */
  readonly tokens: number;
  /** Wall-clock seconds the step took. */
  readonly seconds: number;
}
