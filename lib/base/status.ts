/**
 * The words of a progress line: numbers in, text out, fitted to a width. Writing is progress.ts's.
 *
 * @module
 */

/** Where a stage stands. */
export interface Status {
  readonly label: string;
  /** What is counted, such as `steps`; `MB` have a decimal. Null where nothing is. */
  readonly unit: string | null;
  readonly done: number;
  /** Undefined where nobody knows. */
  readonly total: number | undefined;
  /** Rows a second, or MB where those are counted. Null before there is enough to measure. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
  /** Smoothed loss by task, in the order tasks first came up. */
  readonly losses: ReadonlyMap<string, number>;
  /** What is at work just now. */
  readonly note?: string | undefined;
}

/**
 * One line about a stage, at most `columns` wide: what doesn't fit is left out from the end, losses
 * first; a note is cut, and so is a label that alone is too wide.
 *
 * @example
 * ```ts
 * import { statusLine } from "./status.ts";
 * const counts = { done: 30, total: 120, rate: 812.4, secondsLeft: 75 };
 * statusLine({ label: "refine", unit: "steps", ...counts, losses: new Map([["rte", 0.69]]) }, 80);
 * // "refine  30/120 steps (25 %)  812 rows/s  1:15 left  loss rte 0.690"
 * ```
 */
export function statusLine(status: Status, columns: number): string {
  const { label, unit, done, total, rate, secondsLeft, note } = status;
  const amount = unit === "MB" ? (value: number) => value.toFixed(1) : withCommas;
  const counts = total === undefined
    ? `${amount(done)} ${unit}`
    : `${amount(done)}/${amount(total)} ${unit} (${percent(done, total)} %)`;
  const parts = [
    ...(unit === null ? [] : [counts]),
    ...(rate === null ? [] : [`${speed(rate)} ${unit === "MB" ? "MB" : "rows"}/s`]),
    ...(secondsLeft === null ? [] : [`${duration(secondsLeft)} left`]),
    ...[...status.losses].map(([task, loss], i) =>
      `${i === 0 ? "loss " : ""}${task} ${size(loss)}`
    ),
  ].map(plain);
  const line = joinWithin([plain(label), ...parts], columns);
  const room = columns - width(line) - 2;
  return note === undefined || room < 8 ? line : `${line}  ${cut(plain(note), room)}`;
}

/** Joins parts by two blanks as long as they fit; a mark says that some were left out. */
function joinWithin(parts: readonly string[], columns: number): string {
  let line = cut(parts[0] ?? "", columns);
  for (const [i, part] of parts.entries()) {
    if (i === 0) continue;
    const longer = `${line}  ${part}`;
    if (width(longer) > columns) return width(line) + 2 <= columns ? `${line} …` : line;
    line = longer;
  }
  return line;
}

/**
 * Seconds as h:mm:ss, or m:ss below an hour.
 *
 * @example
 * ```ts
 * import { duration } from "./status.ts";
 * duration(3725); // "1:02:05"
 * ```
 */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

/** A loss averaged over the last steps. */
export interface Smoothed {
  readonly value: number;
  readonly count: number;
}

/**
 * Takes one more loss into a running average: the plain mean at first, then one that forgets, with
 * a weight of 1/50 for the newest. A loss that is not finite is shown, then forgotten.
 *
 * @example
 * ```ts
 * import { smooth } from "./status.ts";
 * smooth(smooth(undefined, 1), 3); // { value: 2, count: 2 }
 * ```
 */
export function smooth(before: Smoothed | undefined, loss: number): Smoothed {
  if (!before || !Number.isFinite(before.value) || !Number.isFinite(loss)) {
    return { value: loss, count: 1 };
  }
  const count = Math.min(before.count + 1, 50);
  return { value: before.value + (loss - before.value) / count, count };
}

/** Shortens text to a width, with a mark where it was cut. */
function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let [kept, used] = ["", 0];
  for (const character of text) {
    used += width(character);
    if (used > columns - 1) break;
    kept += character;
  }
  return columns > 0 ? `${kept}…` : "";
}

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|\p{Emoji_Presentation}/u;

/** Columns a text takes: two for a wide character, none for one that combines. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (!/\p{M}/u.test(character)) columns += wide.test(character) ? 2 : 1;
  }
  return columns;
}

/** Without line breaks and other controls, which would tear the line. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex -- controls are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}

/** Rounded down, so that 100 means all. */
function percent(done: number, total: number): number {
  return total <= 0 ? 100 : Math.min(100, Math.floor((100 * done) / total));
}

/**
 * A whole number with commas.
 *
 * @example
 * ```ts
 * import { withCommas } from "./status.ts";
 * withCommas(4306); // "4,306"
 * ```
 */
export function withCommas(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

function speed(value: number): string {
  return value < 10 ? value.toFixed(1) : withCommas(value);
}

function size(loss: number): string {
  return Math.abs(loss) < 100 ? loss.toFixed(3) : loss.toPrecision(4);
}
