import { assertEquals } from "@std/assert";
import { parseExamples } from "../../../lib/input/readers.ts";
import { labels, sources } from "../../../lib/input/layouts.ts";
import { text } from "./files.ts";

const WIDE = ["sentence1_binary_parse", "sentence2_binary_parse", "sentence1_parse"]
  .concat("sentence2_parse", "sentence1", "sentence2").join(" ");
const FIVE = "label1 label2 label3 label4 label5";

/** Headers as the official files have them; a number where they have none. */
const HEADERS: Readonly<Record<string, string | number>> = {
  "CoLA/train": 4,
  "CoLA/dev": 4,
  "CoLA/test": "index sentence",
  "SST-2/train": "sentence label",
  "SST-2/dev": "sentence label",
  "SST-2/test": "index sentence",
  "MRPC/train": "Quality|#1 ID|#2 ID|#1 String|#2 String",
  "MRPC/dev": "Quality|#1 ID|#2 ID|#1 String|#2 String",
  "MRPC/test": "index|#1 ID|#2 ID|#1 String|#2 String",
  "STS-B/train": "index genre filename year old_index source1 source2 sentence1 sentence2 score",
  "STS-B/dev": "index genre filename year old_index source1 source2 sentence1 sentence2 score",
  "STS-B/test": "index genre filename year old_index source1 source2 sentence1 sentence2",
  "QQP/train": "id qid1 qid2 question1 question2 is_duplicate",
  "QQP/dev": "id qid1 qid2 question1 question2 is_duplicate",
  "QQP/test": "id question1 question2",
  "MNLI/train": `index promptID pairID genre ${WIDE} label1 gold_label`,
  "MNLI/dev_matched": `index promptID pairID genre ${WIDE} ${FIVE} gold_label`,
  "MNLI/dev_mismatched": `index promptID pairID genre ${WIDE} ${FIVE} gold_label`,
  "MNLI/test_matched": `index promptID pairID genre ${WIDE}`,
  "MNLI/test_mismatched": `index promptID pairID genre ${WIDE}`,
  "QNLI/train": "index question sentence label",
  "QNLI/dev": "index question sentence label",
  "QNLI/test": "index question sentence",
  "RTE/train": "index sentence1 sentence2 label",
  "RTE/dev": "index sentence1 sentence2 label",
  "RTE/test": "index sentence1 sentence2",
  "WNLI/train": "index sentence1 sentence2 label",
  "WNLI/dev": "index sentence1 sentence2 label",
  "WNLI/test": "index sentence1 sentence2",
  "AX/AX": "index sentence1 sentence2",
  "AX/diagnostic-full": "Lexical Semantics|Predicate-Argument Structure|Logic|Knowledge|Domain|" +
    "Premise|Hypothesis|Label",
  "SNLI/train": `index captionID pairID ${WIDE} label1 gold_label`,
  "SNLI/dev": `index captionID pairID ${WIDE} ${FIVE} gold_label`,
  "SNLI/test": `index captionID pairID ${WIDE} ${FIVE} gold_label`,
  "SciTail/train": 3,
  "SciTail/dev": 3,
  "SciTail/test": 3,
};

Deno.test("every file has the official header and as many cells in every row", () => {
  for (const [path, header] of Object.entries(HEADERS)) {
    const lines = text(`${path}.tsv`).split("\n");
    assertEquals(lines.pop(), "", "the last line ends too");
    const names = header.toString().split(header.toString().includes("|") ? "|" : " ");
    if (typeof header === "string") assertEquals(lines[0]!.split("\t"), names);
    const columns = typeof header === "number" ? header : names.length;
    assertEquals(new Set(lines.map((line) => line.split("\t").length)), new Set([columns]), path);
  }
});

Deno.test("the readers of the official files read every file of the sample whole", () => {
  const left: string[] = [];
  for (const [task, splits] of Object.entries(sources)) {
    for (const { candidates, layout } of Object.values(splits)) {
      const file = candidates.find((path) => path.replace(".tsv", "") in HEADERS);
      if (!file) continue;
      const known = labels[task as keyof typeof labels];
      const { dropped, empty } = parseExamples(text(file), layout, known, { file });
      assertEquals(empty, 0);
      left.push(...dropped.map(({ reason, count }) => `${file}: ${count} ${reason}`));
    }
  }
  // As in the official file, a few rows have no gold label.
  assertEquals(left, ["SNLI/train.tsv: 2 no label"]);
});

Deno.test("official peculiarities are there: stars in CoLA, blanks in SST-2, words for labels", () => {
  const rows = (path: string) =>
    text(path).split("\n").slice(0, -1).map((line) => line.split("\t"));
  for (const [, label, star] of rows("CoLA/dev.tsv")) assertEquals(star, label === "0" ? "*" : "");
  for (const [sentence] of rows("SST-2/dev.tsv").slice(1)) assertEquals(sentence!.at(-1), " ");
  for (const row of rows("STS-B/dev.tsv").slice(1)) assertEquals(/^\d\.\d{3}$/.test(row[9]!), true);
});
