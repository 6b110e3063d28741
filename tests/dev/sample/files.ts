/** The committed files of the sample, and a classifier for looking for give-away words. */

const folder = new URL("../../../data/sample/", import.meta.url);

/** Text of one committed file. */
export function text(path: string): string {
  return Deno.readTextFileSync(new URL(path, folder));
}

/** Cells of one committed file, without its header unless there is none. */
export function cells(path: string): string[][] {
  const lines = text(path).split("\n").slice(0, -1).map((line) => line.split("\t"));
  return /^(CoLA\/(train|dev)|SciTail\/.*)\.tsv$/.test(path) ? lines : lines.slice(1);
}

/** First text, second text and label of every labelled row. */
export function pairs(path: string): [first: string, second: string, label: string][] {
  const [one, two, label] = COLUMNS[path.split("/")[0]!]!;
  return cells(path).map((row) => [row.at(one)!, row.at(two)!, row.at(label)!]);
}

const COLUMNS: Readonly<Record<string, readonly [number, number, number]>> = {
  "CoLA": [3, 2, 1],
  "SST-2": [0, 0, 1],
  "MRPC": [3, 4, 0],
  "STS-B": [7, 8, 9],
  "QQP": [3, 4, 5],
  "MNLI": [8, 9, -1],
  "QNLI": [1, 2, 3],
  "RTE": [1, 2, 3],
  "WNLI": [1, 2, 3],
  "AX": [5, 6, 7],
  "SNLI": [7, 8, -1],
  "SciTail": [0, 1, 2],
};

/** How often each label comes, as a share of all rows. */
export function shares(labels: readonly string[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const label of labels) all[label] = (all[label] ?? 0) + 1 / labels.length;
  return all;
}

/** Texts with their labels. */
export type Labelled = readonly (readonly [text: string, label: string])[];

/** Dev accuracy of a naive Bayes classifier over the words of one text, add-one smoothed. */
export function bagOfWords(train: Labelled, dev: Labelled): number {
  const split = (text: string) => text.toLowerCase().split(/[^a-z]+/).filter((word) => word);
  const labels = [...new Set(train.map(([, label]) => label))];
  const vocabulary = new Set(train.flatMap(([text]) => split(text)));
  const models = labels.map((label) => {
    const texts = train.filter(([, it]) => it === label).map(([text]) => split(text));
    const counts = new Map<string, number>();
    for (const word of texts.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
    const total = texts.flat().length + vocabulary.size;
    const prior = Math.log(texts.length / train.length);
    return (words: readonly string[]) =>
      words.reduce((sum, word) => sum + Math.log(((counts.get(word) ?? 0) + 1) / total), prior);
  });
  const right = dev.filter(([text, label]) => {
    const known = split(text).filter((word) => vocabulary.has(word));
    const scores = models.map((model) => model(known));
    return labels[scores.indexOf(Math.max(...scores))] === label;
  });
  return right.length / dev.length;
}
