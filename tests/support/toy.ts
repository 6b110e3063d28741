/**
 * A toy world for tests of whole runs: an encoder of two layers with random weights, and data
 * folders of a few rows in the official layouts whose labels one word decides.
 */
import { dirname } from "node:path";
import { featurize } from "../../lib/input/features.ts";
import { parseExamples } from "../../lib/input/readers.ts";
import { createTokenizer } from "../../lib/input/tokenizer.ts";
import { bert } from "../../lib/model/bert.ts";
import type { EncoderConfig } from "../../lib/model/encoder.ts";
import { encoderOf, parseConfig } from "../../lib/model/encoders.ts";
import { fromTensors } from "../../lib/model/names.ts";
import type { Values } from "../../lib/model/parameters.ts";
import { createRandom, type Random, split } from "../../lib/base/random.ts";
import { encodeSafetensors, type StoredTensor } from "../../lib/base/safetensors.ts";
import type { Features } from "../../lib/types.ts";
import { smallTokenizer } from "../input/encoder.ts";

const words = [
  ..."the a of and is it was this that with".split(" "),
  ..."cat dog bird fish horse man woman child girl boy house tree river road book".split(" "),
  ..."red blue green small large old new quick quiet warm cold bright dark open".split(" "),
];
/** The word at a label's place says which label a row has. */
const cues = ["never", "perhaps", "surely"];
const pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ...words, ...cues];

/** config.json of the toy encoder. */
const configText = JSON.stringify({
  model_type: "bert",
  vocab_size: pieces.length,
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 64,
  max_position_embeddings: 64,
});

/** The toy encoder's sizes. */
export const toyConfig: EncoderConfig = parseConfig(configText, "toy/config.json");

/** The toy encoder's values by our paths; another seed gives others. */
export function toyValues(seed = 1): Readonly<Record<string, Values>> {
  return fromTensors(toyTensors(seed), toyConfig, "toy").parameters;
}

/** Writes the toy encoder as a Hugging Face folder. */
export async function writeToyEncoder(folder: string, seed = 1): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/config.json`, configText);
  await Deno.writeTextFile(`${folder}/tokenizer.json`, smallTokenizer({}, pieces));
  await Deno.writeFile(
    `${folder}/model.safetensors`,
    new Blob(encodeSafetensors(toyTensors(seed))).stream(),
  );
}

function toyTensors(seed: number): Record<string, StoredTensor> {
  const random = createRandom(`toy encoder ${seed}`);
  return Object.fromEntries(
    encoderOf(toyConfig).parameters(toyConfig).map(({ source, shape, transposed }) => {
      const values = startingValues(source, shape, split(random, source));
      const stored = transposed ? shape.toReversed() : [...shape];
      return [source, { dtype: "F32", shape: stored, values }];
    }),
  );
}

/** Norms start at 1 and 0, biases at 0; larger weights than BERT's 0.02 learn in fewer steps. */
function startingValues(source: string, shape: readonly number[], random: Random) {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  if (source.endsWith("LayerNorm.weight")) return values.fill(1);
  if (source.endsWith(".bias")) return values;
  return values.map(() => 0.1 * random.normal());
}

/** The toy encoder's tokenizer. */
export const toyTokenizer = createTokenizer(smallTokenizer({}, pieces), bert.specials);

/** Rows whose last word of the hypothesis tells the label, ready for the encoder. */
export function toyFeatures(count: number, labels = 2, seed = 1): Features {
  const random = createRandom(`toy features ${seed}`);
  const examples = toyTexts(count, labels, random).map(({ first, second, label }, row) => ({
    ...{ row, id: `row ${row}`, premise: first, hypotheses: [second], targets: [label] },
  }));
  return featurize(examples, toyTokenizer, { maxLength: 64 });
}

/** Ranking rows: of two hypotheses the one that ends with the second label's cue is the positive. */
export function toyPairs(count: number, seed = 1): Features {
  const random = createRandom(`toy pairs ${seed}`);
  const texts = toyTexts(2 * count, 2, random);
  const examples = Array.from({ length: count }, (_, row) => {
    const [negative, positive] = [texts[2 * row]!.second, texts[2 * row + 1]!.second];
    const target = random.integer(2);
    const hypotheses = target === 1 ? [negative, positive] : [positive, negative];
    return {
      row,
      id: `pair ${row}`,
      premise: texts[2 * row]!.first,
      hypotheses,
      targets: [target],
    };
  });
  return featurize(examples, toyTokenizer, { maxLength: 64 });
}

/** How rows of several labels are laid out: as many of the cues as their text ends with. */
export const toyMoodsLayout = {
  columns: ["text", "moods"],
  premise: "text",
  target: "moods",
  labelSeparator: ",",
};

/** The labels of such rows. */
export const toyMoods: readonly string[] = cues;

/** Rows with any number of labels, read from a file's text: none, some or all of the cues. */
export function toyFeaturesOfSeveral(count: number, seed = 1): Features {
  const random = createRandom(`toy features of several ${seed}`);
  const lines = toyTexts(count, 1, random).map(({ first }) => {
    const found = cues.filter(() => random.integer(2) === 1);
    return tabs([first, ...found].join(" "), found.join(","));
  });
  const { examples } = parseExamples(lines.join("\n"), toyMoodsLayout, cues, { file: "toy" });
  return featurize(examples, toyTokenizer, { maxLength: 64 });
}

/** Texts of four to eight words; the second ends with the cue of its label. */
function toyTexts(count: number, labels: number, random: Random) {
  const phrase = () =>
    Array.from({ length: 4 + random.integer(5) }, () => words[random.integer(words.length)]!)
      .join(" ");
  return Array.from({ length: count }, (_, row) => {
    const label = row % labels;
    return { first: phrase(), second: `${phrase()} ${cues[label]}`, label };
  });
}

/** How many rows the files of a toy data folder have. */
export interface ToyRows {
  readonly train: number;
  readonly dev: number;
}

/** Writes every task's training and dev file, and the labelled diagnostics. */
export async function writeToyData(
  folder: string,
  rows: ToyRows = { train: 32, dev: 12 },
  seed = 1,
): Promise<void> {
  for (const [file, { header, classes, line }] of Object.entries(files)) {
    const random = createRandom(`toy data ${seed} ${file}`);
    const count = file.includes("train") ? rows.train : rows.dev;
    const lines = toyTexts(count, classes, random)
      .map(({ first, second, label }, row) => line(row, first, second, label));
    await Deno.mkdir(dirname(`${folder}/${file}`), { recursive: true });
    const text = [...(header ? [header] : []), ...lines].join("\n") + "\n";
    await Deno.writeTextFile(`${folder}/${file}`, text);
  }
}

/** How a file is written: its header, number of labels, and one row. */
interface ToyFile {
  readonly header?: string;
  readonly classes: number;
  readonly line: (row: number, first: string, second: string, label: number) => string;
}

const tabs = (...cells: readonly (string | number)[]) => cells.join("\t");
const inference = ["contradiction", "neutral", "entailment"];
const entailment = ["not_entailment", "entailment"];

/** index, two texts, the label's name. */
function pairs(first: string, second: string, target: string, names: readonly string[]): ToyFile {
  return {
    header: tabs("index", first, second, target),
    classes: names.length,
    line: (row, one, two, label) => tabs(row, one, two, names[label]!),
  };
}

function both(folder: string, file: ToyFile): Record<string, ToyFile> {
  return { [`${folder}/train.tsv`]: file, [`${folder}/dev.tsv`]: file };
}

const mnli = pairs("sentence1", "sentence2", "gold_label", inference);

const files: Readonly<Record<string, ToyFile>> = {
  ...both("CoLA", { classes: 2, line: (_, __, text, label) => tabs("toy", label, "", text) }),
  ...both("SST-2", {
    header: tabs("sentence", "label"),
    classes: 2,
    line: (_, __, text, label) => tabs(text, label),
  }),
  ...both("MRPC", {
    header: tabs("Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"),
    classes: 2,
    line: (row, one, two, label) => tabs(label, row, row, one, two),
  }),
  ...both("STS-B", {
    header: tabs("index", "sentence1", "sentence2", "score"),
    classes: 3,
    line: (row, one, two, label) => tabs(row, one, two, (2.25 * label).toFixed(3)),
  }),
  ...both("QQP", {
    header: tabs("id", "qid1", "qid2", "question1", "question2", "is_duplicate"),
    classes: 2,
    line: (row, one, two, label) => tabs(row, row, row, one, two, label),
  }),
  // two rows a question, one of each label, so that every two make a pair to rank
  ...both("QNLI", {
    header: tabs("index", "question", "sentence", "label"),
    classes: 2,
    line: (row, _, two, label) =>
      tabs(row, `${words[row >> 1]} ${row >> 1} is it`, two, entailment[label]!),
  }),
  ...both("RTE", pairs("sentence1", "sentence2", "label", entailment)),
  ...both("WNLI", {
    ...pairs("sentence1", "sentence2", "label", entailment),
    line: (row, one, two, label) => tabs(row, one, two, label),
  }),
  // the first row has no agreed label and is left out: positions and row numbers differ by one
  ...both("SNLI", {
    ...pairs("sentence1", "sentence2", "gold_label", inference),
    line: (row, one, two, label) => tabs(row, one, two, row === 0 ? "-" : inference[label]!),
  }),
  ...both("SciTail", {
    classes: 2,
    line: (_, one, two, label) => tabs(one, two, ["neutral", "entails"][label]!),
  }),
  "MNLI/train.tsv": mnli,
  "MNLI/dev_matched.tsv": mnli,
  "MNLI/dev_mismatched.tsv": mnli,
  "AX/diagnostic-full.tsv": {
    header: tabs("Lexical Semantics", "Premise", "Hypothesis", "Label"),
    classes: 3,
    line: (_, one, two, label) => tabs("", one, two, inference[label]!),
  },
};

/**
 * What `body` writes to standard output by console.log, and to standard error; `watch` is told of
 * the latter as it comes.
 */
export async function captured(
  body: () => unknown,
  watch: (text: string) => void = () => {},
): Promise<{ readonly output: string; readonly errors: string }> {
  const { log } = console;
  const write = Deno.stderr.writeSync;
  const decoder = new TextDecoder();
  let [output, errors] = ["", ""];
  console.log = (...parts: unknown[]) => void (output += `${parts.join(" ")}\n`);
  Deno.stderr.writeSync = (bytes) => {
    const text = decoder.decode(bytes, { stream: true });
    errors += text;
    watch(text);
    return bytes.length;
  };
  try {
    await body();
  } finally {
    console.log = log;
    Deno.stderr.writeSync = write;
  }
  return { output, errors };
}
