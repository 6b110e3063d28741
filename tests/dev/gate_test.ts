import { assertEquals } from "@std/assert";
import { closing, count, planTests } from "../../lib/dev/gate.ts";

Deno.test("plan() runs tests and examples where no file is named", () => {
  assertEquals(planTests(["--filter", "mask"], () => false), [
    { doc: false, args: ["--filter", "mask", "tests"] },
    { doc: true, args: ["--filter", "mask", "lib"] },
  ]);
});

Deno.test("plan() runs the examples of files in lib and the tests of all others", () => {
  assertEquals(planTests(["tests/dev/gate_test.ts", "--quiet"], () => true), [
    { doc: false, args: ["--quiet", "tests/dev/gate_test.ts"] },
  ]);
  assertEquals(planTests(["./lib/gate.ts", "tests"], () => true), [
    { doc: false, args: ["tests"] },
    { doc: true, args: ["./lib/gate.ts"] },
  ]);
});

Deno.test("count() reads the last summary, coloured or not", () => {
  const coloured = "\x1b[0m\x1b[32mok\x1b[0m | 48 passed (3 steps) | 0 failed \x1b[38;5;245m(3s)";
  assertEquals(count(coloured), { passed: 48, failed: 0, skipped: 0 });
  const long =
    "ok | 1 passed | 0 failed (1ms)\nFAILED | 5 passed | 2 failed (1 step) | 3 ignored " +
    "(4 steps) | 1 measured | 6 filtered out (2s)\n\nerror: Test failed\n";
  assertEquals(count(long), { passed: 5, failed: 2, skipped: 3 });
});

Deno.test("count() finds nothing in the output of a run that crashed", () => {
  assertEquals(count("running 3 tests from ./a_test.ts\nfirst ... ok (1ms)\n"), undefined);
});

Deno.test("closing() names skipped tests only where there are some", () => {
  assertEquals(closing({ passed: 3, failed: 1, skipped: 0 }), "3 passed, 1 failed");
  assertEquals(closing({ passed: 3, failed: 0, skipped: 2 }), "3 passed, 0 failed, 2 skipped");
});
