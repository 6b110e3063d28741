/**
 * Tests told as behaviour: the documented functions of `@std/testing/bdd`, as far as this project
 * uses them. A suite is one test of the runner, its cases and inner suites are steps of it.
 *
 * @module
 */

type Body = (t: Deno.TestContext) => void | Promise<void>;
type Hook = () => void | Promise<void>;
type Mode = "run" | "only" | "ignore";

interface Case {
  readonly name: string;
  readonly body: Body;
  readonly mode: Mode;
}

class Suite {
  readonly parts: (Case | Suite)[] = [];
  readonly hooks = {
    beforeAll: [] as Hook[],
    beforeEach: [] as Hook[],
    afterEach: [] as Hook[],
    afterAll: [] as Hook[],
  };
  constructor(readonly name: string, readonly mode: Mode, readonly parent: Suite | undefined) {}
}

let current: Suite | undefined;
/** Hooks told outside any suite hold for every suite and case of the file. */
const file = new Suite("", "run", undefined);

function declareSuite(mode: Mode): (name: string, fn: () => void) => void {
  return (name, fn) => {
    const parent = current;
    const suite = new Suite(name, mode, parent);
    parent?.parts.push(suite);
    current = suite;
    try {
      fn();
    } finally {
      current = parent;
    }
    if (parent !== undefined) return;
    Deno.test({
      name,
      only: mode === "only" || wanted(suite),
      ignore: mode === "ignore",
      fn: (t) => perform(suite, t),
    });
  };
}

function declareCase(mode: Mode): (name: string, fn: Body) => void {
  return (name, body) => {
    if (current !== undefined) {
      current.parts.push({ name, body, mode });
      return;
    }
    const only = mode === "only";
    Deno.test({ name, only, ignore: mode === "ignore", fn: (t) => performCase([file], body, t) });
  };
}

/** Whether the suite holds a case or suite that is told to run alone. */
function wanted(suite: Suite): boolean {
  return suite.parts.some((part) =>
    part.mode === "only" || (part instanceof Suite && wanted(part))
  );
}

async function perform(suite: Suite, t: Deno.TestContext): Promise<void> {
  const alone = wanted(suite);
  for (const hook of suite.hooks.beforeAll) await hook();
  try {
    for (const part of suite.parts) {
      const chosen = part.mode === "only" || (part instanceof Suite && wanted(part));
      await t.step({
        name: part.name,
        ignore: part.mode === "ignore" || (alone && !chosen),
        fn: (step) =>
          part instanceof Suite ? perform(part, step) : performCase(path(suite), part.body, step),
      });
    }
  } finally {
    for (const hook of suite.hooks.afterAll) await hook();
  }
}

/** The suites around a case, outermost first. */
function path(suite: Suite | undefined): Suite[] {
  return suite === undefined ? [file] : [...path(suite.parent), suite];
}

async function performCase(around: readonly Suite[], body: Body, t: Deno.TestContext) {
  for (const suite of around) for (const hook of suite.hooks.beforeEach) await hook();
  try {
    await body(t);
  } finally {
    for (const suite of around.toReversed()) {
      for (const hook of suite.hooks.afterEach) await hook();
    }
  }
}

/**
 * A suite of cases, which may hold other suites; `.only` runs it alone, `.skip` leaves it out.
 *
 * ```ts ignore
 * import { describe, it } from "@std/testing/bdd";
 *
 * describe("a queue", () => {
 *   it("starts empty", () => {});
 * });
 * ```
 */
export const describe = Object.assign(declareSuite("run"), {
  only: declareSuite("only"),
  skip: declareSuite("ignore"),
  ignore: declareSuite("ignore"),
});

/**
 * One case; `.only` runs it alone, `.skip` leaves it out.
 *
 * ```ts ignore
 * import { assert } from "@std/assert";
 * import { it } from "@std/testing/bdd";
 *
 * it("adds", () => assert(1 + 1 === 2));
 * ```
 */
export const it = Object.assign(declareCase("run"), {
  only: declareCase("only"),
  skip: declareCase("ignore"),
  ignore: declareCase("ignore"),
});

/** Runs `fn` once before the first case of the suite it is told in. */
export function beforeAll(fn: Hook): void {
  inSuite("beforeAll").hooks.beforeAll.push(fn);
}

/** Runs `fn` before each case of the suite it is told in, and of the suites within. */
export function beforeEach(fn: Hook): void {
  (current ?? file).hooks.beforeEach.push(fn);
}

/** Runs `fn` after each case of the suite it is told in, and of the suites within. */
export function afterEach(fn: Hook): void {
  (current ?? file).hooks.afterEach.push(fn);
}

/** Runs `fn` once after the last case of the suite it is told in. */
export function afterAll(fn: Hook): void {
  inSuite("afterAll").hooks.afterAll.push(fn);
}

function inSuite(name: string): Suite {
  if (current === undefined) throw new Error(`Cannot call ${name}() outside describe().`);
  return current;
}
