import { assertEquals, assertThrows } from "@std/assert";
import { cutPair, dropLongRows, featurize, selectRows } from "../../lib/input/features.ts";
import { loadTokenizer, type Tokenizer } from "../../lib/input/tokenizer.ts";
import { bert } from "../../lib/model/bert.ts";
import type { Example, Features } from "../../lib/types.ts";
import { encoderFolder, noEncoder } from "./encoder.ts";
import { readReference, reference } from "./official.ts";

/** One piece for each letter: its code. */
const letters: Tokenizer = {
  size: 128,
  specials: { begin: [1], between: [2], end: [2], pad: 0, unk: 3 },
  hash: "letters",
  encode: (text) => Array.from(text, (letter) => letter.charCodeAt(0)),
  piece: (id) => String.fromCharCode(id),
};

const example = (premise: string, ...hypotheses: string[]): Example => ({
  row: 7,
  id: "id 7",
  premise,
  hypotheses,
  targets: [1],
});

/** Each sequence as text, `<` for [CLS] and `|` for [SEP], with its boundary. */
function shown({ tokens, offsets, boundaries }: Features): [string, number][] {
  return Array.from(boundaries, (boundary, s) => [
    Array.from(
      tokens.subarray(offsets[s], offsets[s + 1]),
      (id) => ["", "<", "|"][id] ?? String.fromCharCode(id),
    ).join(""),
    boundary,
  ]);
}

Deno.test("featurize() puts the hypothesis first, or the premise", () => {
  const rows = [example("abc", "xy")];
  assertEquals(shown(featurize(rows, letters, { maxLength: 20 })), [["<xy|abc|", 4]]);
  const order = "premise first";
  assertEquals(shown(featurize(rows, letters, { maxLength: 20, order })), [["<abc|xy|", 5]]);
});

Deno.test("featurize() gives a single sentence one side, whatever the order", () => {
  assertEquals(shown(featurize([example("abc")], letters, { maxLength: 20 })), [["<abc|", 5]]);
  const order = "premise first";
  assertEquals(shown(featurize([example("abc")], letters, { maxLength: 20, order })), [
    ["<abc|", 5],
  ]);
});

Deno.test("featurize() keeps empty texts as empty sides", () => {
  const pairs = [example("", "x"), example("a", ""), example("", "")];
  assertEquals(shown(featurize(pairs, letters, { maxLength: 9 })), [
    ["<x||", 3],
    ["<|a|", 2],
    ["<||", 2],
  ]);
  assertEquals(shown(featurize([example("")], letters, { maxLength: 9 })), [["<|", 2]]);
});

Deno.test("featurize() cuts a pair and a single sentence alike to the length less 3", () => {
  const pair = featurize([example("abcdef", "uvwxyz")], letters, { maxLength: 10 });
  assertEquals(shown(pair), [["<uvw|abcd|", 5]]);
  const single = featurize([example("abcdefgh")], letters, { maxLength: 10 });
  assertEquals(shown(single), [["<abcdefg|", 9]]);
  assertEquals([pair.truncated, single.truncated], [1, 1]);
});

Deno.test("featurize() joins texts as the tokenizer's special pieces say, and leaves them room", () => {
  const specials = { begin: [1], between: [2, 2], end: [2], pad: 4, unk: 3 };
  const doubled = { ...letters, specials };
  const pair = featurize([example("abcdef", "uvwxyz")], doubled, { maxLength: 10 });
  assertEquals(shown(pair), [["<uvw||abc|", 6]]);
  assertEquals(shown(featurize([example("abcdefgh")], doubled, { maxLength: 10 })), [
    ["<abcdef|", 8],
  ]);
  assertEquals([pair.pad, featurize([], letters, { maxLength: 8 }).pad], [4, 0]);
  assertThrows(() => featurize([], doubled, { maxLength: 4 }), RangeError, "at least 5");
});

Deno.test("featurize() counts rows that were cut, not sequences", () => {
  const rows = [example("abc", "vwxyz", "vwxyz"), example("abc", "x", "y")];
  const features = featurize(rows, letters, { maxLength: 8 });
  assertEquals(features.truncated, 1);
  assertEquals(features.candidates, 2);
});

Deno.test("featurize() cuts each candidate of a ranking row separately, unless told otherwise", () => {
  const rows = [example("abcdef", "uvwxyz", "z")];
  assertEquals(shown(featurize(rows, letters, { maxLength: 10 })), [
    ["<uvw|abcd|", 5],
    ["<z|abcdef|", 3],
  ]);
  assertEquals(shown(featurize(rows, letters, { maxLength: 10, keepPremiseCut: true })), [
    ["<uvw|abcd|", 5],
    ["<z|abcd|", 3],
  ]);
});

Deno.test("featurize() carries row numbers, identifiers and targets, NaN where there is none", () => {
  const rows = [example("a"), { ...example("b"), row: 9, id: "x\ny", targets: [] }];
  const features = featurize(rows, letters, { maxLength: 8 });
  assertEquals([...features.rows], [7, 9]);
  assertEquals(features.ids, ["id 7", "x\ny"]);
  assertEquals([...features.targets], [1, NaN]);
  assertEquals([...features.offsets], [0, 3, 6]);
});

Deno.test("featurize() makes nothing of no rows", () => {
  const features = featurize([], letters, { maxLength: 8 });
  assertEquals([features.candidates, features.tokens.length, features.rows.length], [1, 0, 0]);
  assertEquals([...features.offsets], [0]);
});

Deno.test("featurize() grows with its rows", () => {
  const rows = Array.from({ length: 500 }, () => example("abcdefgh"));
  const features = featurize(rows, letters, { maxLength: 16 });
  assertEquals(features.tokens.length, 5000);
  assertEquals(shown(features)[499], ["<abcdefgh|", 10]);
});

Deno.test("featurize() refuses a length without room and rows of different kinds", () => {
  for (const maxLength of [3, 0, -1, 7.5, NaN]) {
    assertThrows(() => featurize([], letters, { maxLength }), RangeError, "at least 4");
  }
  assertThrows(
    () => featurize([example("a", "x"), example("b")], letters, { maxLength: 8 }),
    Error,
    "row 7 has 0 hypotheses, expected 1 as in the first row",
  );
});

Deno.test("cutPair() takes pieces one by one from the longer text, the hypothesis at a tie", () => {
  for (let premise = 0; premise < 14; premise++) {
    for (let hypothesis = 0; hypothesis < 14; hypothesis++) {
      for (let room = 1; room < 14; room++) {
        const left = { premise, hypothesis };
        while (left.premise + left.hypothesis > room) {
          if (left.premise > left.hypothesis) left.premise--;
          else left.hypothesis--;
        }
        assertEquals(cutPair(premise, hypothesis, room), left, `${premise} ${hypothesis} ${room}`);
      }
    }
  }
});

Deno.test("selectRows() takes rows in the order given, with all their candidates", () => {
  const rows = ["a", "bb", "ccc"].map((text, row) => ({ ...example(text, "x", "yy"), row }));
  const features = selectRows(featurize(rows, letters, { maxLength: 20 }), [2, 0, 2]);
  assertEquals(shown(features).map(([text]) => text), [
    ...["<x|ccc|", "<yy|ccc|"],
    ...["<x|a|", "<yy|a|"],
    ...["<x|ccc|", "<yy|ccc|"],
  ]);
  assertEquals([...features.rows], [2, 0, 2]);
  const several = rows.map((row, i) => ({ ...row, targets: [i, 10 * i] }));
  const chosen = selectRows(featurize(several, letters, { maxLength: 20 }), [2, 0]);
  assertEquals([...chosen.targets], [2, 20, 0, 0]);
  for (const wrong of [3, -1, 0.5]) {
    assertThrows(() => selectRows(features, [wrong]), RangeError, `Cannot select row ${wrong}`);
  }
});

Deno.test("dropLongRows() drops a row when any of its candidates is too long", () => {
  const rows = [example("aa", "x", "yy"), example("aa", "x", "y"), example("aaa", "x", "y")];
  const { features, dropped } = dropLongRows(featurize(rows, letters, { maxLength: 20 }), 6);
  assertEquals(dropped, 2);
  assertEquals(shown(features).map(([text]) => text), ["<x|aa|", "<y|aa|"]);
});

interface Row {
  readonly case: number;
  readonly task: string;
  readonly max_seq_len: number;
  readonly uid: number | string;
  readonly premise: string;
  readonly hypothesis?: string | string[];
  readonly token_id: number[] | number[][];
  readonly type_id: number[] | number[][];
}

interface File {
  readonly case: number;
  readonly uids_kept_by_training_loader_at_max_seq_len?: Record<string, (number | string)[]>;
}

function featurizeRow(row: Row, tokenizer: Tokenizer): Features {
  const hypotheses = row.hypothesis === undefined ? [] : [row.hypothesis].flat();
  const { premise, max_seq_len: maxLength, uid } = row;
  const rows = [{ row: 0, id: String(uid), premise, hypotheses, targets: [] }];
  return featurize(rows, tokenizer, { maxLength, keepPremiseCut: true });
}

Deno.test({
  name: "featurize() gives the pieces and sides of all 347 rows of features.jsonl",
  ignore: noEncoder || reference.missing,
  fn: async () => {
    const tokenizer = await loadTokenizer(`${encoderFolder}/tokenizer.json`, bert.specials);
    const rows = readReference<Row>("features.jsonl");
    assertEquals(rows.length, 347);
    for (const row of rows) {
      const { tokens, offsets, boundaries } = featurizeRow(row, tokenizer);
      const ids = Array.from(
        boundaries,
        (_, s) => [...tokens.subarray(offsets[s], offsets[s + 1])],
      );
      const types = ids.map((of, s) => of.map((_, i) => (i < boundaries[s]! ? 0 : 1)));
      const several = Array.isArray(row.hypothesis);
      assertEquals(several ? ids : ids[0], row.token_id, row.premise);
      assertEquals(several ? types : types[0], row.type_id, row.premise);
    }
  },
});

Deno.test({
  name: "dropLongRows() keeps the rows that the reference's training loader keeps",
  ignore: noEncoder || reference.missing,
  fn: async () => {
    const tokenizer = await loadTokenizer(`${encoderFolder}/tokenizer.json`, bert.specials);
    const rows = Map.groupBy(readReference<Row>("features.jsonl"), (row) => row.case);
    let compared = 0;
    for (const file of readReference<File>("feature_files.jsonl")) {
      const kept = Object.entries(file.uids_kept_by_training_loader_at_max_seq_len ?? {});
      for (const [length, uids] of kept) {
        const ours = (rows.get(file.case) ?? []).filter((row) =>
          dropLongRows(featurizeRow(row, tokenizer), Number(length)).dropped === 0
        );
        assertEquals(ours.map((row) => row.uid), uids, `case ${file.case}, length ${length}`);
        compared++;
      }
    }
    assertEquals(compared > 100, true);
  },
});
