/**
 * From the messages that a kernel publishes to the outputs of cells, as JupyterLab would show them.
 *
 * @module
 */

import type { Message } from "./protocol.ts";
import type { DisplayOutput, JsonRecord, Output } from "./types.ts";

/** Outputs of all cells of one notebook; an update may change those of an earlier cell. */
export interface Collector {
  /** Adds what a cell published, in order. */
  add(cell: string, messages: readonly Message[]): void;
  /** What a cell shows now. */
  outputs(cell: string): Output[];
}

/** A place on the page, whose output an update replaces. */
interface Slot {
  output: Output;
  readonly display: string | undefined;
}

/**
 * Starts with no outputs.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createCollector } from "./collector.ts";
 *
 * const collector = createCollector();
 * const say = (text: string) => ({
 *   ...{ type: "stream", id: "", parent: "" },
 *   content: { name: "stdout", text },
 * });
 * collector.add("a", [say("one "), say("line\n")]);
 * assertEquals(collector.outputs("a"), [
 *   { output_type: "stream", name: "stdout", text: "one line\n" },
 * ]);
 * ```
 */
export function createCollector(): Collector {
  const cells = new Map<string, Slot[]>();
  return {
    add: (cell, messages) => {
      const slots = cells.get(cell) ?? [];
      cells.set(cell, slots);
      let clearNext = false;
      for (const { type, content } of messages.toSorted((a, b) => rank(a) - rank(b))) {
        const output = outputOf(type, content);
        if (type === "update_display_data") update([...cells.values()].flat(), content);
        // With `wait`, what is there stays until something else comes, so that nothing flickers.
        if (output && clearNext || type === "clear_output" && !content.wait) slots.length = 0;
        if (output) place(slots, output, displayOf(content));
        clearNext = type === "clear_output" ? Boolean(content.wait) : clearNext && !output;
      }
    },
    outputs: (cell) => (cells.get(cell) ?? []).map(({ output }) => visible(output)),
  };
}

type Content = Message["content"];

/** The kernel often publishes what ends a cell before the last of what was printed. */
function rank({ type }: Message): number {
  return type === "error" ? 2 : type === "execute_result" ? 1 : 0;
}

function update(slots: readonly Slot[], content: Content): void {
  const id = displayOf(content);
  for (const slot of slots) {
    if (id && slot.display === id) slot.output = { ...slot.output, ...shown(content) };
  }
}

/** Text goes on where the last output is of the same stream. */
function place(slots: Slot[], output: Output, display: string | undefined): void {
  const last = slots.at(-1);
  if (
    last?.output.output_type === "stream" && output.output_type === "stream" &&
    last.output.name === output.name
  ) {
    last.output = { ...output, text: last.output.text + output.text };
  } else slots.push({ output, display });
}

function outputOf(type: string, content: Content): Output | null {
  if (type === "stream") {
    const name = content.name === "stderr" ? "stderr" : "stdout";
    return { output_type: type, name, text: String(content.text) };
  }
  if (type === "display_data") return { output_type: type, ...shown(content) };
  if (type === "execute_result") {
    const execution_count = content.execution_count as number;
    return { output_type: type, execution_count, ...shown(content) };
  }
  if (type === "error") {
    const traceback = content.traceback as string[];
    const [ename, evalue] = [String(content.ename), String(content.evalue)];
    return { output_type: type, ename, evalue, traceback };
  }
  return null; // as comm messages of widgets, which nothing here uses
}

function shown({ data, metadata }: Content): Pick<DisplayOutput, "data" | "metadata"> {
  return { data: data as JsonRecord, metadata: (metadata ?? {}) as JsonRecord };
}

function displayOf({ transient }: Content): string | undefined {
  return (transient as { display_id?: string } | undefined)?.display_id;
}

/** Text as it would stay visible on a terminal, where a carriage return goes back to the start. */
function visible(output: Output): Output {
  if (output.output_type !== "stream" || !output.text.includes("\r")) return output;
  const text = output.text.replaceAll("\r\n", "\n").split("\n").map((line) =>
    line.split("\r").reduce((before, part) => part + before.slice(part.length))
  ).join("\n");
  return { ...output, text };
}
