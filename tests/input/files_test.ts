import { assertEquals, assertRejects } from "@std/assert";
import { findFile, readExamples } from "../../lib/input/files.ts";
import { readText } from "./official.ts";
import { labels, sources } from "../../lib/input/layouts.ts";

const fixtures = new URL("../fixtures/input", import.meta.url).pathname;

Deno.test("findFile() finds a file as named", async () => {
  assertEquals(await findFile(fixtures, ["RTE/dev.tsv"]), {
    path: `${fixtures}/RTE/dev.tsv`,
    name: "RTE/dev.tsv",
    subset: false,
  });
});

Deno.test("findFile() finds a compressed part of the split and says that it is one", async () => {
  assertEquals(await findFile(`${fixtures}/`, ["QQP/train.tsv"]), {
    path: `${fixtures}/QQP/train_subset.tsv.gz`,
    name: "QQP/train_subset.tsv.gz",
    subset: true,
  });
});

Deno.test("findFile() prefers a whole file under a later name to a part", async () => {
  const found = await findFile(fixtures, ["QQP/train.tsv", "RTE/dev.tsv"]);
  assertEquals(found.name, "RTE/dev.tsv");
});

Deno.test("findFile() finds an original release as it unpacks", async () => {
  const found = await findFile(fixtures, sources.snli.train.candidates);
  assertEquals(found.name, "snli_1.0/snli_1.0_train.txt");
});

Deno.test("findFile() names the file, the folder and what was looked for", async () => {
  const error = await assertRejects(() => findFile(fixtures, ["RTE/train.tsv"]), Error);
  assertEquals(
    error.message,
    `Cannot find "RTE/train.tsv" in "${fixtures}": none of RTE/train.tsv, RTE/train.tsv.gz, ` +
      "RTE/train_subset.tsv, RTE/train_subset.tsv.gz exists; put the official file there or name " +
      "another folder with --data",
  );
});

Deno.test("findFile() names a missing folder and the option that sets it", async () => {
  for (const root of [`${fixtures}/nowhere`, `${fixtures}/RTE/dev.tsv`]) {
    await assertRejects(
      () => findFile(root, ["RTE/dev.tsv"]),
      Error,
      `Cannot find the data folder "${root}": name an existing one with --data`,
    );
  }
});

Deno.test("openFile() drops a byte-order mark and unpacks .gz", async () => {
  assertEquals((await readText(`${fixtures}/MRPC/train.tsv`)).slice(0, 7), "Quality");
  assertEquals((await readText(`${fixtures}/QQP/train_subset.tsv.gz`)).slice(0, 7), "id\tqid1");
});

Deno.test("openFile() names the file whose gzip data are damaged, cut off or none", async () => {
  for (const name of ["damaged/cut.tsv.gz", "damaged/plain.tsv.gz"]) {
    await assertRejects(
      () => readText(`${fixtures}/${name}`),
      Error,
      `Cannot read "${fixtures}/${name}": its gzip data are damaged or cut off`,
    );
  }
});

Deno.test("openFile() refuses more text than it may hold, packed or not, before it holds it", async () => {
  const path = await Deno.makeTempFile({ suffix: ".tsv" });
  const blanks = new Blob([" ".repeat(1_000_000)]).stream();
  const packed = blanks.pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(`${path}.gz`, packed); // a thousandth of what it unpacks to
  await Deno.writeTextFile(path, " ".repeat(1001));
  for (const each of [path, `${path}.gz`]) {
    const refusal = `Cannot read "${each}": it has more than 1000 bytes of text, the most that can`;
    await assertRejects(() => readText(each, 1000), Error, refusal);
    await Deno.remove(each);
  }
});

Deno.test("openFile() names the line that is not UTF-8", async () => {
  const path = `${fixtures}/damaged/latin1.tsv`;
  await assertRejects(() => readText(path), Error, `Cannot read "${path}": line 3 is not UTF-8`);
});

Deno.test("openFile() names a file that is not there", async () => {
  await assertRejects(
    () => readText("no/such.tsv"),
    Error,
    'Cannot read "no/such.tsv": no such file',
  );
});

Deno.test("readExamples() finds, unpacks and parses a split", async () => {
  const { examples, dropped, empty, file } = await readExamples(
    fixtures,
    sources.qqp.train,
    labels.qqp,
  );
  assertEquals(examples.map(({ row, id, targets }) => [row, id, ...targets]), [[0, "7", 1], [
    3,
    "9",
    0,
  ]]);
  assertEquals(dropped, [{ reason: "too few columns", count: 2 }]);
  assertEquals(empty, 1);
  assertEquals(file.subset, true);
});

Deno.test("readExamples() names the file relative to the folder when a row is wrong", async () => {
  await assertRejects(
    () => readExamples(fixtures, sources.rte.dev, ["yes", "no"]),
    Error,
    'Cannot read "RTE/dev.tsv": line 2 has the label "entailment", expected yes or no',
  );
});
