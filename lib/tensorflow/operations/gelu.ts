/**
 * The Gaussian error linear unit, exact (by erf).
 *
 * @module
 */

import type { Tensor } from "../backend.ts";
import { as, raise } from "./matmul.ts";
import { number, op, withGradient } from "./operation.ts";

/**
 * x Phi(x), Phi the standard normal distribution (Hendrycks and Gimpel 2016, arXiv 1606.08415);
 * worked out in float32 and given in the type of `x`.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { gelu } from "./gelu.ts";
 * await startTensorFlow();
 * console.log(gelu(tf.tensor1d([0, 1])).dataSync()); // 0, 0.8413
 * ```
 */
export function gelu(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    const full = raise(x);
    const share = distribution(full);
    // d/dx x Phi(x) = Phi(x) + x phi(x), all that the gradient needs, rounded as x is
    const slope = as(x, op("AddV2", [share, op("Mul", [full, density(full)])]));
    save([slope]);
    return {
      value: as(x, op("Mul", [full, share])),
      gradient: (dy, [slope]) => op("Mul", [as(slope!, dy), slope!]),
    };
  });
}

function distribution(x: Tensor): Tensor {
  const erf = op("Erf", [op("Mul", [x, number(Math.SQRT1_2)])]);
  return op("Mul", [op("AddV2", [erf, number(1)]), number(0.5)]);
}

function density(x: Tensor): Tensor {
  const exponent = op("Mul", [op("Mul", [x, x]), number(-0.5)]);
  return op("Mul", [op("Exp", [exponent]), number(1 / Math.sqrt(2 * Math.PI))]);
}
