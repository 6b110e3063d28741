import { assert, assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";

const hour = 3_600_000;

Deno.test("FakeTime lets time pass only when told to", () => {
  using time = new FakeTime("2019-01-31T00:00:00Z");
  assertEquals(new Date().toISOString(), "2019-01-31T00:00:00.000Z");
  time.tick(hour);
  assertEquals(new Date().toISOString(), "2019-01-31T01:00:00.000Z");
  assertEquals(Date.now(), Date.parse("2019-01-31T01:00:00Z"));
  assertEquals(new Date(0).getTime(), 0);
  assert(new Date() instanceof Date);
});

Deno.test("FakeTime calls timers in the order they are due, each at its time", () => {
  using time = new FakeTime(0);
  const calls: unknown[] = [];
  setTimeout((name: string) => calls.push([name, Date.now()]), 20, "late");
  setTimeout(() => {
    calls.push(["early", Date.now()]);
    setTimeout(() => calls.push(["from within", Date.now()]), 5);
  }, 10);
  const cleared = setTimeout(() => calls.push("never"), 15);
  clearTimeout(cleared);
  time.tick(9);
  assertEquals(calls, []);
  time.tick(20);
  assertEquals(calls, [["early", 10], ["from within", 15], ["late", 20]]);
});

Deno.test("FakeTime repeats an interval until it is cleared", () => {
  using time = new FakeTime(0);
  const calls: number[] = [];
  const id = setInterval(() => {
    calls.push(Date.now());
    if (calls.length === 3) clearInterval(id);
  }, 10);
  time.tick(100);
  assertEquals(calls, [10, 20, 30]);
});

Deno.test("FakeTime gives real time back", () => {
  const real = { Date, setTimeout, setInterval, clearTimeout, clearInterval };
  const time = new FakeTime(0);
  assertThrows(() => new FakeTime(), Error);
  time.restore();
  assertThrows(() => time.restore(), Error);
  for (const [name, value] of Object.entries(real)) {
    assert((globalThis as unknown as Record<string, unknown>)[name] === value, name);
  }
  assertThrows(() => new FakeTime("no time"), TypeError);
  new FakeTime(0).restore();
});
