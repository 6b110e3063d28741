import { assertEquals } from "@std/assert";
import { showDownloads } from "../../lib/hub/downloads.ts";

/** A terminal (or a file) and a clock that moves a second with every look. */
function screen(isTerminal: boolean) {
  const state = { text: "", time: 0 };
  const write = (text: string) => void (state.text += text);
  const output = { write, isTerminal, columns: 60, now: () => state.time };
  return { state, show: showDownloads(output) };
}

const file = { what: "fetching a file", total: 20e6 };

Deno.test("a terminal sees one line for a file, in megabytes, with speed and time left", () => {
  const { state, show } = screen(true);
  show({ ...file, done: 0 });
  state.time = 2000;
  show({ ...file, done: 5e6 });
  assertEquals(
    state.text.split("\r\x1b[K").at(-1),
    "fetching a file  5.0/20.0 MB (25 %)  2.5 MB/s  0:06 left",
  );
  state.time = 4000;
  show({ ...file, done: 20e6 });
  assertEquals(
    state.text.split("\r\x1b[K").at(-1),
    "fetching a file  20.0/20.0 MB (100 %)  5.0 MB/s  0:04  done\n",
  );
});

Deno.test("without a terminal a file is a line at its start and one at its end", () => {
  const { state, show } = screen(false);
  for (const what of ["a", "b"]) {
    for (const done of [0, 1e6, 2e6]) show({ what, done, total: 2e6 });
  }
  assertEquals(state.text.split("\n"), [
    ...["a  0.0/2.0 MB (0 %)", "a  2.0/2.0 MB (100 %)  0:00  done"],
    ...["b  0.0/2.0 MB (0 %)", "b  2.0/2.0 MB (100 %)  0:00  done", ""],
  ]);
});

Deno.test("a file that is given up for another is said to have stopped", () => {
  const { state, show } = screen(false);
  show({ ...file, done: 5e6 });
  show({ what: "fetching the package", done: 1e6, total: 1e6 });
  assertEquals(state.text.split("\n").slice(1, 3), [
    "fetching a file  5.0/20.0 MB (25 %)  0:00  stopped",
    "fetching the package  1.0/1.0 MB (100 %)",
  ]);
});
