import { assert, assertEquals, assertThrows } from "@std/assert";
import { interrupt, Interrupted, listen, stopSignal } from "../../lib/notebook/stop.ts";

Deno.test("an interrupt aborts the signal that was given out; the next one is fresh", () => {
  const first = stopSignal();
  assertEquals(stopSignal(), first);
  interrupt();
  assertThrows(() => first.throwIfAborted(), Interrupted, "the next cell can run");
  assertEquals(stopSignal().aborted, false);
});

Deno.test("an interrupt while nothing runs harms nothing", () => {
  interrupt();
  interrupt();
  assertEquals(stopSignal().aborted, false);
});

Deno.test("a loop in a cell ends where it is, and keeps what it has", async () => {
  const signal = stopSignal();
  let steps = 0;
  const cell = async () => {
    while (true) {
      signal.throwIfAborted();
      steps++;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  };
  const running = cell();
  setTimeout(interrupt, 20);
  const error = await running.catch((error) => error);
  assert(error instanceof Interrupted && steps > 0);
});

Deno.test("errors that nobody awaits are told, and end nothing", () => {
  const target = new EventTarget();
  const told: string[] = [];
  let pressed = () => {};
  listen(target, (listener) => pressed = listener, (text) => void told.push(text));
  const error = new ErrorEvent("error", { error: new Error("in a timer"), cancelable: true });
  const { promise } = Promise.withResolvers<void>();
  const rejection = (reason: unknown) =>
    new PromiseRejectionEvent("unhandledrejection", { promise, reason, cancelable: true });
  const lost = rejection("lost");
  target.dispatchEvent(error);
  target.dispatchEvent(lost);
  target.dispatchEvent(rejection(new Interrupted()));
  assertEquals([error.defaultPrevented, lost.defaultPrevented], [true, true]);
  assertEquals(told.length, 2);
  assertEquals(told[0]!.startsWith("An error outside every cell: Error: in a timer"), true);
  assertEquals(told[1], "An error outside every cell: lost");

  const signal = stopSignal();
  pressed();
  assertEquals(signal.aborted, true);
});

Deno.test("outside a notebook the module leaves Ctrl+C alone", async () => {
  const module = import.meta.resolve("../../lib/notebook/stop.ts");
  const program = `await import(${JSON.stringify(module)}); Deno.kill(Deno.pid, "SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 5000));`;
  const { code, signal } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    ...{ stdout: "null", stderr: "null" },
  }).output();
  assert(signal === "SIGINT" || code === 130, `${signal} ${code}`);
});
