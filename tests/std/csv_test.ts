import { assertEquals, assertThrows } from "@std/assert";
import { parse, stringify } from "@std/csv";

Deno.test("parse() reads rows of fields", () => {
  assertEquals(parse(""), []);
  assertEquals(parse("a,b\nc,d"), [["a", "b"], ["c", "d"]]);
  assertEquals(parse("a,b\r\nc,d\r\n"), [["a", "b"], ["c", "d"]]);
  assertEquals(parse("a,,\n,b,\n"), [["a", "", ""], ["", "b", ""]]);
  assertEquals(parse("a, b ,c\n"), [["a", " b ", "c"]]);
});

Deno.test("parse() leaves out empty lines and a byte order mark", () => {
  assertEquals(parse("\ufeffa,b\n\n\nc,d\n\n"), [["a", "b"], ["c", "d"]]);
});

Deno.test("parse() reads quoted fields, with separators, quotes and line breaks in them", () => {
  assertEquals(parse('"a,b","c ""d""","e\nf",""\n'), [["a,b", 'c "d"', "e\nf", ""]]);
});

Deno.test("parse() refuses a misplaced quote", () => {
  assertThrows(() => parse('a "b",c\n'), SyntaxError);
  assertThrows(() => parse('"a" b,c\n'), SyntaxError);
  assertThrows(() => parse('"a,b\n'), SyntaxError);
});

Deno.test("parse() takes another separator", () => {
  assertEquals(parse("a\tb,c\n", { separator: "\t" }), [["a", "b,c"]]);
  assertThrows(() => parse("a", { separator: '"' }));
  assertThrows(() => parse("a", { separator: "\n" }));
});

Deno.test("parse() makes records where columns have names", () => {
  const text = "task,score\nrte,71\nwnli,56\n";
  assertEquals(parse(text, { skipFirstRow: true }), [
    { task: "rte", score: "71" },
    { task: "wnli", score: "56" },
  ]);
  const rows = parse(text, { skipFirstRow: true, columns: ["name", "value"] });
  assertEquals(rows, [{ name: "rte", value: "71" }, { name: "wnli", value: "56" }]);
  assertEquals(rows[0]?.name satisfies string | undefined, "rte");
  assertEquals(parse("1,2\n", { columns: ["a", "b"] }), [{ a: "1", b: "2" }]);
});

Deno.test("parse() refuses a row of the wrong number of fields", () => {
  assertThrows(() => parse("a,b\n1\n", { skipFirstRow: true }), Error);
  assertThrows(() => parse("1,2,3\n", { columns: ["a", "b"] }), Error);
  assertEquals(parse("1,2\n3\n"), [["1", "2"], ["3"]]);
});

Deno.test("stringify() writes lists of fields", () => {
  assertEquals(stringify([]), "");
  assertEquals(stringify([["rte", 71], ["wnli", 56.3]]), "rte,71\r\nwnli,56.3\r\n");
});

Deno.test("stringify() writes records by their columns", () => {
  const rows = [{ task: "rte", seed: 1 }, { task: "wnli", seed: 2 }];
  assertEquals(stringify(rows, { columns: ["seed", "task"] }), "seed,task\r\n1,rte\r\n2,wnli\r\n");
  assertThrows(() => stringify(rows), TypeError);
});

Deno.test("stringify() quotes what needs it and leaves nothing for null", () => {
  assertEquals(
    stringify([["a,b", 'c"d', "e\nf", null, undefined, { g: 1 }, true]]),
    [
      '"a,b","c""d","e\nf",,,"{""g"":1}",true\r\n',
    ].join(),
  );
  assertEquals(stringify([["a,b", "c\td"]], { separator: "\t" }), 'a,b\t"c\td"\r\n');
});

Deno.test("stringify() refuses a separator that can't be read back", () => {
  assertThrows(() => stringify([["a"]], { separator: '"' }), TypeError);
  assertThrows(() => stringify([["a"]], { separator: "\r\n" }), TypeError);
});

Deno.test("parse() reads back what stringify() wrote", () => {
  const rows = [["a", 'b "c", d', ""], ["\n", ",", "é 漢"], [" x", "y ", "'"]];
  assertEquals(parse(stringify(rows)), rows);
  assertEquals(parse(stringify(rows, { separator: ";" }), { separator: ";" }), rows);
});
