import { assertEquals, assertMatch } from "@std/assert";
import { oneLine, quote, reasonOf, several } from "../../lib/base/quote.ts";

Deno.test("a quoted value stands on one line, whatever it holds", () => {
  const odd = "a\n\r\t\0\x1b[31m\u2028\u202e\ufeff\ud800\x85";
  for (const text of [quote(odd), quote({ odd }), oneLine(odd), quote([odd])]) {
    assertMatch(text, /^[ -~]+$/);
  }
  assertEquals(quote('say "中"'), '"say \\"中\\""');
});

Deno.test("a long value is cut, and its end is marked", () => {
  assertEquals(quote("x".repeat(1000), 5), '"xxxxx"...');
  assertEquals(quote(Array(1000).fill(0), 5), "[0,0,...");
  assertEquals(oneLine("x".repeat(1000), 5), "xxxxx...");
  for (const most of [10, 80]) {
    for (const text of ["\0".repeat(1000), "\n".repeat(1000), "中".repeat(1000)]) {
      for (const shown of [quote(text, most), oneLine(text, most), quote([text], most)]) {
        assertEquals(shown.length <= most + 6, true, shown);
      }
    }
  }
});

Deno.test("values that JSON has not are named all the same", () => {
  assertEquals(quote(undefined), "missing");
  assertEquals(quote(null), "null");
  const endless: unknown[] = [];
  endless.push(endless);
  assertEquals(quote(endless), "a value of too many levels");
});

Deno.test("reasons are the words of errors, or of whatever was thrown", () => {
  assertEquals(reasonOf(new Error("two\nlines")), "two lines");
  assertEquals(reasonOf("text"), "text");
});

Deno.test("several findings are joined, many are counted", () => {
  assertEquals(several(["a", "b"]), "a; b");
  assertEquals(several(["a", "b", "c", "d"], 2), "a; b; and 2 more");
});
