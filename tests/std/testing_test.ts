import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";

const log: string[] = [];

describe("describe()", () => {
  beforeAll(() => void log.push("all+"));
  beforeEach(() => void log.push("each+"));
  afterEach(() => void log.push("each-"));
  afterAll(() =>
    assertEquals(log, [
      ...["all+", "each+", "first", "each-"],
      ...["inner all+", "each+", "inner each+", "second", "inner each-", "each-", "inner all-"],
    ])
  );

  it("runs a case between the hooks of its suite", () => void log.push("first"));

  describe("within another", () => {
    beforeAll(() => void log.push("inner all+"));
    beforeEach(() => void log.push("inner each+"));
    afterEach(() => void log.push("inner each-"));
    afterAll(() => void log.push("inner all-"));

    it("runs the outer hooks around the inner ones", async () => {
      await Promise.resolve();
      log.push("second");
    });
  });
});

it("it() runs without a suite", () => assert(true));

const hour = 3_600_000;

Deno.test("FakeTime lets time pass only when told to", () => {
  using time = new FakeTime("2019-01-31T00:00:00Z");
  assertEquals(new Date().toISOString(), "2019-01-31T00:00:00.000Z");
  time.tick(hour);
  assertEquals(Date.now() - time.start, hour);
  assertEquals(time.now, Date.now());
  time.now += hour;
  assertEquals(new Date().toISOString(), "2019-01-31T02:00:00.000Z");
  assertEquals(new Date(0).getTime(), 0);
  assertInstanceOf(new Date(), Date);
  assertThrows(() => time.now -= 1, Error);
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
  time.runAll();
  assertEquals(calls, [10, 20, 30]);
  assert(!time.next());
});

Deno.test("FakeTime runs microtasks where told to", async () => {
  using time = new FakeTime(0);
  const calls: number[] = [];
  const wait = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
  const done = (async () => {
    for (let i = 0; i < 3; i++) {
      await wait(10);
      calls.push(Date.now());
    }
  })();
  await time.tickAsync(10);
  assert(await time.nextAsync());
  await time.runAllAsync();
  await done;
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
