/**
 * Runs the tests that tfjs-core comes with, under Jasmine, against the backend "tensorflow".
 *
 * @module
 */

import { createRequire } from "node:module";
import { copyCore } from "./modules.ts";

/** How one test went. */
export interface TestResult {
  /** Names of its suites and its own, without the test environment: "abs basic". */
  readonly name: string;
  /** A skipped test is one that the suite itself leaves out. */
  readonly status: "passed" | "failed" | "skipped";
  /** What its failed expectations say. */
  readonly messages: readonly string[];
}

/** Which tests to run, and who hears of them. */
export interface SuiteOptions {
  /** Only tests whose name contains this. */
  readonly only?: string;
  /** Hears of each test when it is done, and of how many there are. */
  readonly progress?: (result: TestResult, total: number) => void;
}

/** The environment that the tests are told they run in; it is part of their names. */
const ENVIRONMENT = {
  name: "test-tensorflow",
  backendName: "tensorflow",
  flags: {},
  isDataSync: true,
} as const;

/**
 * Runs the tests and returns how each went. TensorFlow must have been started; a second call in
 * one process would run nothing.
 *
 * @throws when tfjs-core's tests can't be loaded.
 *
 * ```ts
 * import { assert } from "@std/assert";
 * import { startTensorFlow } from "../../tensorflow/backend.ts";
 * import { runSuite } from "./suite.ts";
 * await startTensorFlow();
 * const results = await runSuite({ only: "abs basic" });
 * assert(results.length > 0 && results.every(({ status }) => status === "passed"));
 * ```
 */
export async function runSuite(options: SuiteOptions = {}): Promise<TestResult[]> {
  const jasmine = createRequire(import.meta.url)("jasmine-core").boot() as Jasmine;
  const runner = jasmine.getEnv();
  const results: TestResult[] = [];
  let total = 0;
  const add = (result: TestResult) => {
    results.push(result);
    options.progress?.(result, total);
  };
  const addErrors = (name: string, { failedExpectations: failures }: Done) => {
    if (failures.length > 0) add({ name, status: "failed", messages: messagesOf(failures) });
  };
  runner.configure({
    random: false,
    specFilter: (test) => plainName(test.getFullName()).includes(options.only ?? ""),
  });
  runner.addReporter({
    jasmineStarted: (found) => total = found.totalSpecsDefined,
    specDone: (test) => {
      const status = STATUS[test.status];
      const name = plainName(test.fullName);
      if (status) add({ name, status, messages: messagesOf(test.failedExpectations) });
    },
    suiteDone: (suite) => addErrors(`${plainName(suite.fullName)} (before or after)`, suite),
    jasmineDone: (all) => addErrors("all tests (before or after)", all),
  });
  const speak = silence();
  try {
    await loadTests();
    await runner.execute();
  } finally {
    speak();
  }
  return results;
}

async function loadTests(): Promise<void> {
  await using core = await copyCore(["jasmine_util.js", "tests.js"]);
  const { setTestEnvs } = await core.load("jasmine_util.js");
  (setTestEnvs as (environments: readonly unknown[]) => void)([ENVIRONMENT]);
  await core.load("tests.js");
}

/** Tests print what they are about; nobody wants to read that. Returns what ends the silence. */
function silence(): () => void {
  const { log, warn } = console;
  Object.assign(console, { log: () => {}, warn: () => {} });
  return () => Object.assign(console, { log, warn });
}

function plainName(fullName: string): string {
  return fullName.replace(` ${ENVIRONMENT.name} {}`, "").replaceAll(/\s+/g, " ");
}

function messagesOf(failures: readonly Failure[]): string[] {
  return failures.map(({ message }) => message);
}

const STATUS: Readonly<Record<string, TestResult["status"]>> = {
  passed: "passed",
  failed: "failed",
  pending: "skipped",
};

// The parts of Jasmine used here; it comes without types.

interface Failure {
  readonly message: string;
}

interface Done {
  readonly failedExpectations: readonly Failure[];
}

interface Reporter {
  jasmineStarted(found: { readonly totalSpecsDefined: number }): void;
  specDone(test: Done & { readonly fullName: string; readonly status: string }): void;
  suiteDone(suite: Done & { readonly fullName: string }): void;
  jasmineDone(all: Done): void;
}

interface Runner {
  configure(options: {
    readonly random: boolean;
    readonly specFilter: (test: { getFullName(): string }) => boolean;
  }): void;
  addReporter(reporter: Reporter): void;
  execute(): Promise<unknown>;
}

interface Jasmine {
  getEnv(): Runner;
}
