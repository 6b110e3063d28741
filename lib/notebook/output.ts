/**
 * The way out of a notebook's cell: what can be shown there, and how it is sent.
 *
 * @module
 */

/** One thing in several forms, by media type; a notebook shows the richest that it can. */
export type Bundle = Readonly<Record<string, unknown>>;

/** The method by which the kernel asks a cell's last value for its forms. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display");
/** The method by which console.log asks for a value's text. */
const INSPECT: unique symbol = Symbol.for("Deno.customInspect");

/** What a cell shows when it ends with it; console.log prints its text. */
export interface Displayable {
  /** Its forms. */
  [DISPLAY](): Bundle | Promise<Bundle>;
  /** By media type, what the forms' own bytes don't tell, such as the size of a picture. */
  readonly metadata: Bundle;
  /** The text by which it stands where nothing else can be shown. */
  toString(): string;
}

/**
 * Makes something displayable; the bundle is asked for when it is shown, and may take its time.
 *
 * @example
 * ```ts
 * import { DISPLAY, displayable } from "./output.ts";
 * const greeting = displayable("Hello", () => ({ "text/plain": "Hello" }));
 * await greeting[DISPLAY](); // { "text/plain": "Hello" }
 * ```
 */
export function displayable(
  text: string,
  bundle: () => Bundle | Promise<Bundle>,
  metadata: Bundle = {},
): Displayable {
  return {
    [DISPLAY]: bundle,
    metadata,
    toString: () => text,
    ...{ [INSPECT]: () => text },
  };
}

/** Where outputs go that come before a cell's last value, or change while it runs. */
export interface CellOutput {
  /** Shows a bundle below the cell. */
  show(bundle: Bundle, options?: ShowOptions): Promise<void>;
}

/** How {@linkcode CellOutput} shows a bundle. */
export interface ShowOptions {
  /** Name of an output that is to be put in place of an earlier one of the same name. */
  readonly id?: string;
  /** Whether the earlier output of this name is already there. */
  readonly update?: boolean;
  /** By media type: the size of pictures that have more pixels than they take. */
  readonly metadata?: Bundle;
}

/**
 * The kernel that this code runs in; null outside a notebook.
 *
 * @example
 * ```ts
 * import { kernelOutput } from "./output.ts";
 * kernelOutput(); // null, as this isn't a notebook
 * ```
 */
export function kernelOutput(): CellOutput | null {
  const broadcast = kernelBroadcast();
  if (broadcast === null) return null;
  return {
    show: (data, { id, update = false, metadata = {} } = {}) =>
      broadcast(update ? "update_display_data" : "display_data", {
        data,
        metadata,
        transient: id === undefined ? {} : { display_id: id },
      }),
  };
}

function kernelBroadcast(): typeof Deno.jupyter.broadcast | null {
  try {
    return Deno.jupyter.broadcast;
  } catch {
    return null; // outside a kernel Deno refuses even to look
  }
}

/** Milliseconds after which what was sent is surely below its own cell, not below the next. */
const SETTLING = 50;

/** Waits until what was sent has arrived: outputs travel apart from the end of their cell. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLING));
}

/** Text for HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
