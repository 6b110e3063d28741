import { assertEquals } from "@std/assert";
import {
  duration,
  smooth,
  type Smoothed,
  type Status,
  statusLine,
  withCommas,
} from "../../lib/base/status.ts";

const status: Status = {
  label: "refine",
  unit: "steps",
  done: 1234,
  total: 12000,
  rate: 812.4,
  secondsLeft: 3725,
  losses: new Map([["mnli", 0.8123], ["rte", 123.456]]),
};

Deno.test("a status line has counts, speed, time left and the loss of each task", () => {
  assertEquals(
    statusLine(status, 200),
    "refine  1,234/12,000 steps (10 %)  812 rows/s  1:02:05 left  loss mnli 0.812  rte 123.5",
  );
});

Deno.test("a status line gives up losses first, then time, speed and counts, then cuts its label", () => {
  assertEquals(
    [80, 62, 50, 38, 8, 4, 1, 0].map((columns) => statusLine(status, columns)),
    [
      "refine  1,234/12,000 steps (10 %)  812 rows/s  1:02:05 left  loss mnli 0.812 …",
      "refine  1,234/12,000 steps (10 %)  812 rows/s  1:02:05 left …",
      "refine  1,234/12,000 steps (10 %)  812 rows/s …",
      "refine  1,234/12,000 steps (10 %) …",
      "refine …",
      "ref…",
      "…",
      "",
    ],
  );
});

Deno.test("a status line is never wider than the terminal", () => {
  for (let columns = 0; columns < 120; columns++) {
    const line = statusLine(status, columns);
    assertEquals([...line].length <= columns, true, `${columns}: ${line}`);
  }
});

Deno.test("an unknown total shows neither share nor time left", () => {
  const line = statusLine({ ...status, total: undefined, secondsLeft: null }, 200);
  assertEquals(line, "refine  1,234 steps  812 rows/s  loss mnli 0.812  rte 123.5");
});

Deno.test("100 % means all, and more than all stays 100 %", () => {
  const share = (done: number, total: number) =>
    /\((\d+) %\)/.exec(statusLine({ ...status, done, total }, 200))![1];
  assertEquals([share(11999, 12000), share(12000, 12000), share(13, 12), share(0, 0)], [
    ...["99", "100", "100", "100"],
  ]);
});

Deno.test("slow speeds keep a decimal and losses that are not finite are shown", () => {
  const losses = new Map([["rte", NaN]]);
  const line = statusLine({ ...status, rate: 1.25, secondsLeft: null, losses }, 200);
  assertEquals(line, "refine  1,234/12,000 steps (10 %)  1.3 rows/s  loss rte NaN");
});

Deno.test("megabytes keep a decimal, and so does their speed below ten", () => {
  const counts = { unit: "MB", done: 136.94, total: 273.8, losses: new Map() };
  assertEquals(
    [30.2, 4.25].map((rate) => statusLine({ ...status, ...counts, rate, secondsLeft: 32 }, 200)),
    [
      "refine  136.9/273.8 MB (50 %)  30 MB/s  0:32 left",
      "refine  136.9/273.8 MB (50 %)  4.3 MB/s  0:32 left",
    ],
  );
});

Deno.test("a note stands last, cut to the room that is left; without a unit nothing is counted", () => {
  const noted = { ...status, note: "const study = await openNotebook();", losses: new Map() };
  const line = "refine  1,234/12,000 steps (10 %)  812 rows/s  1:02:05 left";
  assertEquals(statusLine(noted, 200), `${line}  const study = await openNotebook();`);
  assertEquals(statusLine(noted, 72), `${line}  const stud…`);
  assertEquals(statusLine(noted, 62), line);
  const bare = { ...noted, unit: null, rate: null, secondsLeft: null };
  assertEquals(statusLine(bare, 200), "refine  const study = await openNotebook();");
});

Deno.test("withCommas() groups thousands", () => {
  assertEquals([999, 1000, 1234567].map(withCommas), ["999", "1,000", "1,234,567"]);
});

Deno.test("wide characters take two columns and controls can't tear the line", () => {
  assertEquals(statusLine({ ...status, label: "情感分析" }, 7), "情感分…");
  assertEquals(statusLine({ ...status, label: "a\r\nb\x1b[2J" }, 9).startsWith("a b [2J"), true);
});

Deno.test("durations are m:ss below an hour and h:mm:ss from there", () => {
  assertEquals([0, 59.6, 61, 3599, 3600, 200_000, -5].map(duration), [
    ...["0:00", "1:00", "1:01", "59:59", "1:00:00", "55:33:20", "0:00"],
  ]);
});

Deno.test("losses average plainly at first, then follow at 1/50 a step", () => {
  let average: Smoothed | undefined;
  for (let i = 0; i < 50; i++) average = smooth(average, i);
  assertEquals(average, { value: 24.5, count: 50 });
  assertEquals(smooth(average, 74.5), { value: 25.5, count: 50 });
});

Deno.test("a loss that is not finite is forgotten with the next one", () => {
  const broken = smooth(smooth(undefined, 1), Infinity);
  assertEquals(broken.value, Infinity);
  assertEquals(smooth(broken, 2), { value: 2, count: 1 });
});
