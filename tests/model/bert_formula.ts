/**
 * BERT in plain arithmetic and double precision, put together from the formulas of the
 * operations: written from the paper (Devlin et al. 2018; Vaswani et al. 2017), so that what agrees
 * with it is right for another reason than itself.
 *
 * @module
 */

import type { EncoderConfig } from "../../lib/model/encoder.ts";
import { at, build, each, shaped, type Values } from "../tensorflow/operations/arrays.ts";
import { attention, dense, erf, layerNorm } from "../tensorflow/operations/formulas.ts";
import type { Flat } from "./formulas.ts";

/** A batch as rows of numbers [b, t]; a mask of 0 marks padding. */
export interface Rows {
  readonly tokens: readonly (readonly number[])[];
  readonly sides: readonly (readonly number[])[];
  readonly mask: readonly (readonly number[])[];
}

/** Hidden states [b, t, d] and pooled [b, d]. */
export function bertFormula(
  parameters: Flat,
  { layers, heads, width }: EncoderConfig,
  rows: Rows,
): { hidden: Values; pooled: Values } {
  const get = (path: string): Values => {
    const { shape, values } = parameters[`encoder/${path}`]!;
    return { shape, data: Float64Array.from(values) };
  };
  const linear = (path: string, x: Values) => dense(x, get(`${path}/kernel`), get(`${path}/bias`));
  const normal = (path: string, x: Values) =>
    layerNorm(x, get(`${path}/scale`), get(`${path}/shift`));
  const sum = (a: Values, b: Values) => each((a, b) => a + b, a, b);
  const [b, t] = [rows.tokens.length, rows.tokens[0]!.length];
  const mask = build([b, t], (row, place) => rows.mask[row]![place]!);

  const [word, place, segment] = ["word", "position", "segment"].map((name) =>
    get(`embeddings/${name}`)
  ) as [Values, Values, Values];
  let x = normal(
    "embeddings/norm",
    build([b * t, width], (n, i) => {
      const [row, column] = [Math.floor(n / t), n % t];
      return at(word, rows.tokens[row]![column]!, i) + at(place, column, i) +
        at(segment, rows.sides[row]![column]!, i);
    }),
  );
  for (let layer = 0; layer < layers; layer++) {
    const path = `layer_${layer}`;
    const [q, k, v] = ["query", "key", "value"]
      .map((part) => linear(`${path}/attention/${part}`, x)) as [Values, Values, Values];
    const mixed = linear(`${path}/attention/output`, attention(q, k, v, mask, heads));
    const y = normal(`${path}/attention/norm`, sum(mixed, x));
    const wide = each((x) => x / 2 * (1 + erf(x / Math.SQRT2)), linear(`${path}/intermediate`, y));
    x = normal(`${path}/norm`, sum(linear(`${path}/output`, wide), y));
  }
  const first = build([b, width], (row, i) => at(x, row * t, i));
  return {
    hidden: shaped(x, [b, t, width]),
    pooled: each(Math.tanh, linear("pooler", first)),
  };
}
