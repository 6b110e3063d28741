/**
 * Time that stands still until a test moves it: what this project uses of `@std/testing/time`.
 *
 * @module
 */

/**
 * Thrown where the fake time can't do what is asked of it.
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
 */
export class FakeTime {
  readonly #timers = new Map<number, Timer>();
  #now: number;
  #lastId = 0;

  constructor(start?: number | string | Date | null) {
    if (active !== undefined) {
      throw new TimeError("Cannot construct FakeTime: time is already faked");
    }
    this.#now = new real.Date(start ?? real.Date.now()).getTime();
    if (Number.isNaN(this.#now)) {
      throw new TypeError(`Cannot construct FakeTime: invalid start time "${start}"`);
    }
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

  /** Lets `ms` milliseconds pass, and calls what is due until then. */
  tick(ms = 0): void {
    if (ms < 0) throw new RangeError(`Cannot set time in the past, got ${ms} ms`);
    const end = this.#now + ms;
    for (let timer = this.#next(); timer && timer.due <= end; timer = this.#next()) {
      this.#now = timer.due;
      if (timer.interval === undefined) this.#timers.delete(timer.id);
      else timer.due += timer.interval;
      timer.callback();
    }
    this.#now = end;
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
