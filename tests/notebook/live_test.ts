import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Figure } from "../../lib/report/figure.ts";
import { liveFigure, liveProgress } from "../../lib/notebook/live.ts";
import type { Bundle, CellOutput, ShowOptions } from "../../lib/notebook/output.ts";

/** A kernel that remembers what it was sent, and a clock that stands still until it is moved. */
function kernel() {
  const shown: { bundle: Bundle; options: ShowOptions }[] = [];
  const clock = { time: 0 };
  const output: CellOutput = {
    show: (bundle, options = {}) => Promise.resolve(void shown.push({ bundle, options })),
  };
  return { shown, clock, output, now: () => clock.time };
}

const figure = (says: string): Figure => ({ data: [], layout: { width: 10, height: 10 }, says });
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("progress is one output: shown once, then put in its own place", async () => {
  const { shown, clock, output, now } = kernel();
  const progress = liveProgress({ label: "refine", total: 100, output, now });
  for (let done = 1; done <= 100; done++) {
    clock.time += 50;
    progress.update({ done, rows: 32 * done, losses: { rte: 0.7 } });
  }
  await progress.end();
  assertEquals(new Set(shown.map(({ options }) => options.id)).size, 1);
  assertEquals(shown.map(({ options }) => options.update), [
    false,
    ...shown.slice(1).map(() => true),
  ]);
  assert(shown.length >= 9 && shown.length <= 12, `${shown.length} states in five seconds`);
});

Deno.test("a line has a bar while it runs; its last state is one line without", async () => {
  const { shown, clock, output, now } = kernel();
  const progress = liveProgress({ label: "refine", total: 4, output, now });
  for (let done = 1; done <= 3; done++) {
    clock.time += 1000;
    progress.update({ done, rows: 32 * done, losses: { rte: 0.7 } });
  }
  await progress.end();
  const { bundle } = shown.at(-2)!;
  assertStringIncludes(String(bundle["text/html"]), '<progress value="0.750" max="1">');
  assertEquals(
    bundle["text/plain"],
    "refine  3/4 steps (75 %)  32 rows/s  0:01 left  loss rte 0.700",
  );
  const last = shown.at(-1)!.bundle;
  assertEquals(
    last["text/plain"],
    "refine  3/4 steps (75 %)  32 rows/s  loss rte 0.700  0:03  done",
  );
  assertEquals(last["text/html"], `<div>${last["text/plain"]}</div>`);
});

Deno.test("an interrupt is the last state, and an end after it changes nothing", async () => {
  const { shown, output, now } = kernel();
  const stop = new AbortController();
  const progress = liveProgress({ label: "refine", output, now, signal: stop.signal });
  progress.update({ done: 1 });
  stop.abort();
  await progress.end();
  assertStringIncludes(String(shown.at(-1)!.bundle["text/plain"]), "interrupted");
});

Deno.test("a figure is drawn at most once a second, and only what is drawn is made", async () => {
  const { shown, clock, output, now } = kernel();
  let made = 0;
  const live = liveFigure({ output, now, render: ({ says }) => ({ "text/plain": says }) });
  for (let step = 1; step <= 100; step++) {
    clock.time += 100;
    live.update(() => (made++, figure(`step ${step}`)));
    await turn();
  }
  await live.end();
  assertEquals(shown.length, 11); // one a second, and the last
  assertEquals(made, 11);
  assertEquals(shown.at(-1)!.bundle["text/plain"], "step 100");
  assertEquals(shown[0]!.options.update, false);
  assertEquals(shown.at(-1)!.options.metadata, { "image/png": { width: 10, height: 10 } });
});

Deno.test("drawing takes a bounded share of the time, however long it takes", async () => {
  const { shown, clock, output, now } = kernel();
  const render = () => {
    clock.time += 200; // a slow machine
    return { "text/plain": "drawn" };
  };
  const live = liveFigure({ output, now, render });
  while (clock.time < 100_000) {
    clock.time += 1000;
    live.update(() => figure("a step"));
    await turn();
  }
  const share = shown.length * 200 / clock.time;
  assert(share > 0.015 && share < 0.03, `${share} of the time`);
});

Deno.test("a figure that fails is told, and the run goes on; at the end it throws", async () => {
  const { shown, output, now } = kernel();
  const { error } = console;
  const told: unknown[] = [];
  console.error = (cause: unknown) => void told.push(cause);
  try {
    const live = liveFigure({ output, now, render: () => ({}) });
    live.update(() => {
      throw new Error("no steps yet");
    });
    await turn();
    await live.end().catch((cause) => told.push(cause));
  } finally {
    console.error = error;
  }
  assertEquals(told.map((cause) => (cause as Error).message), ["no steps yet", "no steps yet"]);
  assertEquals(shown, []);
});

Deno.test("a figure without news is shown by nothing", async () => {
  const { shown, output, now } = kernel();
  await liveFigure({ output, now, render: () => ({}) }).end();
  assertEquals(shown, []);
});

Deno.test("outside a notebook a figure says its last sentence", async () => {
  const { log } = console;
  const lines: unknown[] = [];
  console.log = (text: unknown) => void lines.push(text);
  try {
    const live = liveFigure({ output: null });
    live.update(() => figure("first"));
    live.update(() => figure("last"));
    await live.end();
  } finally {
    console.log = log;
  }
  assertEquals(lines, ["last"]);
});
