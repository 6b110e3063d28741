import { assertEquals } from "@std/assert";
import { createCollector } from "../../lib/jupyter/collector.ts";
import type { Output } from "../../lib/jupyter/types.ts";

const message = (type: string, content: Record<string, unknown>) => ({
  ...{ type, id: "", parent: "", content },
});
const print = (text: string, name = "stdout") => message("stream", { name, text });
const show = (text: string, display_id?: string, type = "display_data") =>
  message(type, { data: { "text/plain": text }, metadata: {}, transient: { display_id } });
const clear = (wait: boolean) => message("clear_output", { wait });

function collected(...messages: ReturnType<typeof message>[]): Output[] {
  const collector = createCollector();
  collector.add("a", messages);
  return collector.outputs("a");
}

const shownTexts = (outputs: readonly Output[]) =>
  outputs.map((output) =>
    output.output_type === "stream"
      ? output.text
      : output.output_type === "error"
      ? output.ename
      : output.data["text/plain"]
  );

Deno.test("text of one stream is one output until something else comes", () => {
  const outputs = collected(print("a"), print("b\n"), print("!", "stderr"), print("c"), show("d"));
  assertEquals(shownTexts(outputs), ["ab\n", "!", "c", "d"]);
});

Deno.test("a line that goes back to its start shows what stays visible", () => {
  const outputs = collected(print("10 %\r"), print("100 %\rab"), print("\r\ndone\r\n"));
  assertEquals(shownTexts(outputs), ["ab0 %\ndone\n"]);
});

Deno.test("an update changes every output of its display, in earlier cells too", () => {
  const collector = createCollector();
  collector.add("a", [show("1", "x"), show("2", "y"), show("3", "x")]);
  collector.add("b", [
    show("4", "x", "update_display_data"),
    show("5", "z", "update_display_data"),
  ]);
  assertEquals(shownTexts(collector.outputs("a")), ["4", "2", "4"]);
  assertEquals(collector.outputs("b"), []);
});

Deno.test("a cleared output is gone: at once, or when the next one comes", () => {
  assertEquals(shownTexts(collected(show("1"), clear(false))), []);
  assertEquals(shownTexts(collected(show("1"), clear(true))), ["1"]);
  assertEquals(shownTexts(collected(show("1"), clear(true), show("2"), show("3"))), ["2", "3"]);
  assertEquals(shownTexts(collected(print("1"), clear(true), print("2"))), ["2"]);
});

Deno.test("what ends a cell comes last, whenever the kernel published it", () => {
  const result = show("value", undefined, "execute_result");
  assertEquals(shownTexts(collected(print("a"), result, print("b"))), ["ab", "value"]);
  const error = message("error", { ename: "E", evalue: "", traceback: [] });
  assertEquals(shownTexts(collected(error, print("a"))), ["a", "E"]);
});

Deno.test("messages of widgets are no outputs", () => {
  assertEquals(collected(message("comm_open", {}), message("comm_msg", {})), []);
});
