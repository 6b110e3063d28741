/**
 * The operations as plain formulas, in double precision and straight from their definitions.
 *
 * @module
 */

import { at, build, each, eachRow, total, type Values } from "./arrays.ts";

/** x W + b. */
export function dense(x: Values, kernel: Values, bias: Values): Values {
  const [n, inputs] = x.shape as [number, number];
  return build(
    [n, kernel.shape[1]!],
    (i, j) => total(inputs, (k) => at(x, i, k) * at(kernel, k, j)) + at(bias, j),
  );
}

/** Products of the matrices in the last two axes of rank-3 arrays. */
export function batchMatMul(a: Values, b: Values, transposeB: boolean): Values {
  const [g, m, inner] = a.shape as [number, number, number];
  const n = b.shape[transposeB ? 1 : 2]!;
  return build(
    [g, m, n],
    (i, j, k) =>
      total(inner, (l) => at(a, i, j, l) * (transposeB ? at(b, i, k, l) : at(b, i, l, k))),
  );
}

/** exp(x) over its sum, for one row. */
export function softmaxRow(row: number[]): number[] {
  const largest = Math.max(...row); // a row of -10,000s would underflow
  const sum = row.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return row.map((value) => Math.exp(value - largest) / sum);
}

/** (x - mean) / deviation * scale + shift, row by row. */
export function layerNorm(x: Values, scale: Values, shift: Values): Values {
  const normal = eachRow((row) => {
    const mean = row.reduce((a, b) => a + b, 0) / row.length;
    const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / row.length;
    return row.map((value) => (value - mean) / Math.sqrt(variance + 1e-12));
  }, x);
  return each((a, b, c) => a * b + c, normal, scale, shift);
}

/** The error function by its power series, exact to double precision for |x| < 4. */
export function erf(x: number): number {
  let [sum, term] = [x, x];
  for (let n = 1; n < 120; n++) {
    term *= -x * x / n;
    sum += term / (2 * n + 1);
  }
  return 2 / Math.sqrt(Math.PI) * sum;
}

/** Logistic function. */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/**
 * Attention of each head and row by itself: q, k, v [b*t, d], mask [b, t] of 1 and 0; `kept`
 * [b, h, t, t] multiplies the weights.
 */
export function attention(
  q: Values,
  k: Values,
  v: Values,
  mask: Values,
  heads: number,
  kept?: Values,
): Values {
  const [b, t] = mask.shape as [number, number];
  const width = q.shape[1]!;
  const size = width / heads;
  const weights = eachRow(
    softmaxRow,
    build([b, heads, t, t], (row, head, from, to) => {
      const score = total(
        size,
        (i) => at(q, row * t + from, head * size + i) * at(k, row * t + to, head * size + i),
      );
      return score / Math.sqrt(size) + (at(mask, row, to) === 1 ? 0 : -10000);
    }),
  );
  return build([b * t, width], (place, column) => {
    const [row, from] = [Math.floor(place / t), place % t];
    const head = Math.floor(column / size);
    return total(
      t,
      (to) =>
        at(weights, row, head, from, to) * (kept ? at(kept, row, head, from, to) : 1) *
        at(v, row * t + to, column),
    );
  });
}

/** One step of a gated recurrent unit, the reset gate after the state's product. */
export function gruCell(
  x: Values,
  state: Values,
  inputKernel: Values,
  inputBias: Values,
  stateKernel: Values,
  stateBias: Values,
): Values {
  const width = state.shape[1]!;
  const fromInput = dense(x, inputKernel, inputBias);
  const fromState = dense(state, stateKernel, stateBias);
  return build(state.shape, (i, j) => {
    const part = (of: Values, gate: number) => at(of, i, gate * width + j);
    const reset = logistic(part(fromInput, 0) + part(fromState, 0));
    const update = logistic(part(fromInput, 1) + part(fromState, 1));
    const fresh = Math.tanh(part(fromInput, 2) + reset * part(fromState, 2));
    return (1 - update) * fresh + update * at(state, i, j);
  });
}

/** -log softmax(logits)[label], row by row. */
export function binaryCrossEntropy(logits: Values, targets: Values): Values {
  const [n, labels] = logits.shape as [number, number];
  const loss = (logit: number, target: number) => {
    const right = 1 / (1 + Math.exp(-logit));
    return -target * Math.log(right) - (1 - target) * Math.log(1 - right);
  };
  return build(
    [n],
    (i) => total(labels, (j) => loss(at(logits, i, j), at(targets, i, j))) / labels,
  );
}

export function crossEntropy(logits: Values, labels: Values): Values {
  const [n, classes] = logits.shape as [number, number];
  return build(
    [n],
    (i) =>
      Math.log(total(classes, (j) => Math.exp(at(logits, i, j)))) - at(logits, i, at(labels, i)),
  );
}
