import { assert, assertEquals } from "@std/assert";
import { JUDGING } from "../../../lib/dev/sample/sentiment.ts";
import { pairs, shares } from "./files.ts";

const GOOD = new Set<string>(JUDGING.good);
const BAD = new Set<string>(JUDGING.bad);

/** Good minus bad words of the main clause, turned round where one is denied. */
function verdict(text: string): number {
  const main = text.replace(/^although .*? , /, "").replace(/^.* , but /, "");
  let sum = 0;
  let sign = 1;
  for (const word of main.replace(/not at all|far from|anything but/g, "not").split(" ")) {
    if (/^(not|never|hardly)$/.test(word)) sign = -1;
    if (GOOD.has(word)) sum += sign;
    if (BAD.has(word)) sum -= sign;
    if (GOOD.has(word) || BAD.has(word)) sign = 1;
  }
  if (/worth seeing|laugh|touches the heart|joy/.test(main)) sum++;
  if (/waste of time|makes you sleep|cold|pain/.test(main)) sum--;
  return sum;
}

Deno.test("the judging words of the main clause decide every SST-2 label", () => {
  for (const [text, , label] of [...pairs("SST-2/train.tsv"), ...pairs("SST-2/dev.tsv")]) {
    assertEquals([text, verdict(text) > 0 ? "1" : "0"], [text, label]);
  }
});

Deno.test("somewhat more than half of the SST-2 rows are positive, as in the official files", () => {
  const share = shares(pairs("SST-2/train.tsv").map(([, , label]) => label))["1"]!;
  assert(share > 0.5 && share < 0.62, String(share));
});
