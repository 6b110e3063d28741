import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createProgress, type Progress, type ProgressOptions } from "../../lib/base/progress.ts";

/** A terminal (or a file) with a clock that stands still until it is moved. */
function screen(options: Partial<ProgressOptions> = {}) {
  const writes: string[] = [];
  const clock = { time: 0 };
  const progress = createProgress({
    label: "refine",
    total: 1000,
    write: (text) => void writes.push(text),
    isTerminal: true,
    columns: 100,
    now: () => clock.time,
    ...options,
  });
  return { progress, writes, clock };
}

/** One step of 32 rows every `milliseconds`. */
function train(
  { progress, clock }: { progress: Progress; clock: { time: number } },
  steps: number,
  milliseconds: number,
): void {
  for (let i = 1; i <= steps; i++) {
    clock.time += milliseconds;
    progress.update({ done: i, rows: 32 * i, losses: { rte: 0.7 } });
  }
}

/** What stays on the screen: each line as its last drawing left it. */
function lines(writes: readonly string[]): string[] {
  return writes.join("").split("\n").map((line) => line.split("\r\x1b[K").at(-1)!);
}

Deno.test("a terminal sees one line, drawn anew at most ten times a second", () => {
  const shown = screen();
  train(shown, 1000, 5);
  assertEquals(shown.writes.length, 50);
  assert(shown.writes.every((text) => text.startsWith("\r\x1b[K") && !text.includes("\n")));
});

Deno.test("the last state is drawn at the end even if it came too soon, and the line is ended", () => {
  const shown = screen();
  train(shown, 1000, 5);
  shown.progress.end();
  assertEquals(lines(shown.writes), [
    "refine  1,000/1,000 steps (100 %)  6,400 rows/s  loss rte 0.700  0:05  done",
    "",
  ]);
});

Deno.test("speed and time left follow the last half minute and forget a slow start", () => {
  const shown = screen({ total: 10_000 });
  shown.clock.time = 120_000; // compiling
  train(shown, 400, 200);
  assertEquals(
    lines(shown.writes),
    ["refine  400/10,000 steps (4 %)  160 rows/s  32:00 left  loss rte 0.700"],
  );
});

Deno.test("steps longer than the window still have a speed", () => {
  const shown = screen();
  train(shown, 5, 64_000);
  assertStringIncludes(shown.writes.at(-1)!, "0.5 rows/s  17:41:20 left");
});

Deno.test("a resumed run measures only its own steps", () => {
  const shown = screen();
  shown.progress.update({ done: 501, rows: 32 });
  shown.clock.time = 1000;
  shown.progress.update({ done: 511, rows: 352 });
  assertStringIncludes(shown.writes.at(-1)!, "511/1,000 steps (51 %)  320 rows/s  0:49 left");
});

Deno.test("without a terminal there is a whole line at first and then every half minute", () => {
  const shown = screen({ isTerminal: false, columns: 10 });
  train(shown, 1000, 100);
  shown.progress.end("best epoch 3");
  const written = lines(shown.writes);
  assertEquals(written.length, 4 + 1 + 1);
  assertEquals(written[0], "refine  1/1,000 steps (0 %)  loss rte 0.700");
  assertEquals(
    written[4],
    "refine  1,000/1,000 steps (100 %)  320 rows/s  loss rte 0.700  1:40  best epoch 3",
  );
  assert(!shown.writes.join("").includes("\x1b"));
});

Deno.test("the seconds between log lines can be chosen", () => {
  const shown = screen({ isTerminal: false, logSeconds: 5 });
  train(shown, 100, 100);
  assertEquals(shown.writes.length, 2);
});

Deno.test("the line never fills the last column and follows a terminal that changes width", () => {
  const width = { columns: 60 };
  const shown = screen({ columns: () => width.columns });
  train(shown, 20, 200);
  assert(shown.writes.at(-1)!.replace("\r\x1b[K", "").length <= 59);
  width.columns = 12;
  train(shown, 20, 200);
  assertEquals(shown.writes.at(-1), "\r\x1b[Krefine …");
});

Deno.test("a message stands above the line, which goes on below it", () => {
  const shown = screen();
  shown.progress.message("starting");
  train(shown, 2, 200);
  shown.clock.time += 200;
  shown.progress.message("rte accuracy 70.1");
  shown.progress.end();
  shown.progress.message("wrote run.json");
  assertEquals(lines(shown.writes).map((line) => line.slice(0, 18)), [
    ...["starting", "rte accuracy 70.1", "refine  2/1,000 st", "wrote run.json", ""],
  ]);
});

Deno.test("messages never make the line be drawn more often", () => {
  const shown = screen();
  train(shown, 1, 200);
  for (let i = 0; i < 100; i++) shown.progress.message(`message ${i}`);
  assertEquals(shown.writes.filter((text) => text.includes("steps")).length, 1);
});

Deno.test("an abort ends the line with a word and later updates are ignored", () => {
  const controller = new AbortController();
  const shown = screen({ signal: controller.signal });
  train(shown, 3, 200);
  controller.abort();
  train(shown, 3, 200);
  shown.progress.end();
  const written = lines(shown.writes);
  assertEquals(written.length, 2);
  assertStringIncludes(written[0]!, "refine  3/1,000 steps (0 %)");
  assert(written[0]!.endsWith("interrupted"));
});

Deno.test("an error between start and end leaves a whole line behind", () => {
  const shown = screen();
  try {
    using progress = shown.progress;
    progress.update({ done: 1 });
    throw new Error("diverged");
  } catch {
    assertEquals(lines(shown.writes), ["refine  1/1,000 steps (0 %)  0:00  stopped", ""]);
  }
});

Deno.test("an unknown total and no rows leave only what is known", () => {
  const shown = screen({ total: undefined, unit: "rows" });
  for (let i = 1; i <= 20; i++) {
    shown.clock.time += 500;
    shown.progress.update({ done: 100 * i });
  }
  assertEquals(lines(shown.writes), ["refine  2,000 rows"]);
});

Deno.test("a total may come with the updates, and a note says what is at work until the end", () => {
  const shown = screen({ total: undefined, unit: "cells" });
  shown.progress.update({ done: 2, total: 8, note: "training" });
  assertEquals(lines(shown.writes), ["refine  2/8 cells (25 %)  training"]);
  shown.progress.end();
  assertEquals(lines(shown.writes), ["refine  2/8 cells (25 %)  0:00  done", ""]);
});

Deno.test("where nothing is counted there are the note, and at the end the time", () => {
  const shown = screen({ total: undefined, unit: null });
  shown.progress.update({ note: "Collecting jupyterlab" });
  shown.clock.time = 25_000;
  shown.progress.end();
  assertEquals(shown.writes[0], "\r\x1b[Krefine  Collecting jupyterlab");
  assertEquals(lines(shown.writes), ["refine  0:25  done", ""]);
});

Deno.test("a stage without a single update ends cleanly", () => {
  const shown = screen();
  shown.progress.end();
  assertEquals(lines(shown.writes), ["refine  0/1,000 steps (0 %)  0:00  done", ""]);
});
