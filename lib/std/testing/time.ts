/**
 * Time that stands still until a test moves it: the documented class of `@std/testing/time`, as far
 * as this project uses it.
 *
 * @module
 */

/**
 * Thrown where the fake time can't do what is asked of it.
 *
 * ```ts
 * import { assert } from "@std/assert";
 * import { TimeError } from "@std/testing/time";
 *
 * assert(new TimeError("twice").name === "TimeError");
 * ```
 */
export class TimeError extends Error {
  override readonly name = "TimeError";
}

interface Timer {
  readonly id: number;
  readonly callback: () => void;
  /** Milliseconds between two calls; undefined for a single one. */
  readonly interval: number | undefined;
  due: number;
}

type Arguments = readonly unknown[];

const real = {
  Date: globalThis.Date,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
};
let active: FakeTime | undefined;

/**
 * Replaces Date and the timers until {@linkcode FakeTime.restore} is called: time passes only when
 * told to.
 *
 * Throws a TimeError where another one is in use, a TypeError for a start that is no time.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { FakeTime } from "@std/testing/time";
 *
 * using time = new FakeTime(0);
 * const calls: number[] = [];
 * setTimeout(() => calls.push(Date.now()), 1000);
 * time.tick(999);
 * assertEquals(calls, []);
 * time.tick(1);
 * assertEquals(calls, [1000]);
 * ```
 */
export class FakeTime {
  readonly #start: number;
  readonly #timers = new Map<number, Timer>();
  #now: number;
  #lastId = 0;

  constructor(start?: number | string | Date | null) {
    if (active !== undefined) {
      throw new TimeError("Cannot construct FakeTime: time is already faked");
    }
    this.#start = start === undefined || start === null
      ? real.Date.now()
      : new real.Date(start).getTime();
    if (Number.isNaN(this.#start)) {
      throw new TypeError(`Cannot construct FakeTime: invalid start time "${start}"`);
    }
    this.#now = this.#start;
    active = this;
    Object.assign(globalThis, this.#replacements());
  }

  #replacements(): Record<keyof typeof real, unknown> {
    const clear = (id?: number) => void this.#timers.delete(id ?? 0);
    return {
      Date: this.#date(),
      setTimeout: (fn: (...args: Arguments) => void, ms = 0, ...args: Arguments) =>
        this.#schedule(() => fn(...args), ms, undefined),
      setInterval: (fn: (...args: Arguments) => void, ms = 0, ...args: Arguments) =>
        // An interval of 0 would never let time pass.
        this.#schedule(() => fn(...args), ms, Math.max(1, ms)),
      clearTimeout: clear,
      clearInterval: clear,
    };
  }

  /** The real Date, asked for another time; so `instanceof Date` holds before and after. */
  #date(): DateConstructor {
    return new Proxy(real.Date, {
      construct: (target, args, newTarget) =>
        Reflect.construct(target, args.length === 0 ? [this.#now] : args, newTarget),
      apply: (target) => new target(this.#now).toString(),
      get: (target, key, receiver) =>
        key === "now" ? () => this.#now : Reflect.get(target, key, receiver),
    });
  }

  #schedule(callback: () => void, ms: number, interval: number | undefined): number {
    const id = ++this.#lastId;
    const due = this.#now + Math.max(interval === undefined ? 0 : 1, Number(ms) || 0);
    this.#timers.set(id, { id, callback, interval, due });
    return id;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (next === undefined || timer.due < next.due) next = timer;
    }
    return next;
  }

  /** Milliseconds since 1970; set to a later time, it calls what is due until then. */
  get now(): number {
    return this.#now;
  }
  set now(value: number) {
    if (value < this.#now) {
      throw new RangeError(`Cannot set time in the past, it is ${this.#now}, got ${value}`);
    }
    for (let timer = this.#next(); timer && timer.due <= value; timer = this.#next()) {
      this.#now = timer.due;
      if (timer.interval === undefined) this.#timers.delete(timer.id);
      else timer.due += timer.interval;
      timer.callback();
    }
    this.#now = value;
  }

  /** Where this time started, in milliseconds since 1970. */
  get start(): number {
    return this.#start;
  }

  /** Lets `ms` milliseconds pass. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** Runs all pending microtasks, then lets `ms` milliseconds pass. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.now += ms;
  }

  /** Moves to the next timer and calls it; false where there is none. */
  next(): boolean {
    const timer = this.#next();
    if (timer !== undefined) this.now = timer.due;
    return timer !== undefined;
  }

  /** Runs all pending microtasks, then moves to the next timer; false where there is none. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  /** Moves on until no timer is left. */
  runAll(): void {
    while (this.next());
  }

  /** Moves on until no timer is left, with all pending microtasks run before each. */
  async runAllAsync(): Promise<void> {
    while (await this.nextAsync());
  }

  /** Waits, in real time, until all pending microtasks have run. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Waits `ms` milliseconds of real time. */
  delay(ms: number): Promise<void> {
    return new Promise((resolve) => void real.setTimeout.call(globalThis, resolve, ms));
  }

  /** Gives real time back. Throws a TimeError where this was done before. */
  restore(): void {
    if (active !== this) throw new TimeError("Cannot restore time: time is already restored");
    active = undefined;
    Object.assign(globalThis, real);
  }

  [Symbol.dispose](): void {
    this.restore();
  }
}
