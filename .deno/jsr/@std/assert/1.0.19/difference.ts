/**
 * Shows how two values differ: lines of both, side by side, near the places that differ.
 *
 * @module
 */

const context = 2;
const longest = 80;

/** The value written out in full, one element a line, keys sorted. */
export function inspect(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: Infinity,
    strAbbreviateSize: Infinity,
  });
}

/**
 * The lines in which the written forms of two values differ, `-` before those of `actual` and `+`
 * before those of `expected`, with two lines around each place.
 */
export function difference(actual: unknown, expected: unknown): string {
  const lines = merge(inspect(actual).split("\n"), inspect(expected).split("\n"));
  const shown = lines.filter((_, i) =>
    lines.slice(Math.max(0, i - context), i + context + 1).some((line) => !line.startsWith(" "))
  );
  const rest = shown.length - longest;
  return [
    "    [Diff] Actual / Expected",
    "",
    ...shown.slice(0, longest),
    ...(rest > 0 ? [`    ... and ${rest} more lines`] : []),
  ].join("\n");
}

/** Joins two lists of lines; those common to both once, with the longest possible common part. */
function merge(actual: readonly string[], expected: readonly string[]): string[] {
  let head = 0;
  while (head < actual.length && head < expected.length && actual[head] === expected[head]) head++;
  let tail = 0;
  while (
    tail < Math.min(actual.length, expected.length) - head &&
    actual.at(-1 - tail) === expected.at(-1 - tail)
  ) tail++;
  return [
    ...actual.slice(0, head).map((line) => `    ${line}`),
    ...middle(
      actual.slice(head, actual.length - tail),
      expected.slice(head, expected.length - tail),
    ),
    ...actual.slice(actual.length - tail).map((line) => `    ${line}`),
  ];
}

function middle(actual: readonly string[], expected: readonly string[]): string[] {
  // The table below is quadratic; past this size all of one is shown before all of the other.
  if (actual.length * expected.length > 1e6) {
    return [...actual.map((line) => `-   ${line}`), ...expected.map((line) => `+   ${line}`)];
  }
  const width = expected.length + 1;
  // common[i * width + j]: lines common to actual from i on and expected from j on.
  const common = new Uint32Array((actual.length + 1) * width);
  for (let i = actual.length - 1; i >= 0; i--) {
    for (let j = expected.length - 1; j >= 0; j--) {
      common[i * width + j] = actual[i] === expected[j]
        ? common[(i + 1) * width + j + 1]! + 1
        : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < actual.length || j < expected.length) {
    if (i < actual.length && j < expected.length && actual[i] === expected[j]) {
      lines.push(`    ${actual[i]}`);
      i++, j++;
    } else if (
      j >= expected.length ||
      (i < actual.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)
    ) lines.push(`-   ${actual[i++]}`);
    else lines.push(`+   ${expected[j++]}`);
  }
  return lines;
}
