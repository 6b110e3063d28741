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
    save([x]);
    const full = raise(x);
    return {
      value: as(x, op("Mul", [full, distribution(full)])),
      gradient: (dy, [x]) => {
        const full = raise(x!);
        // d/dx x Phi(x) = Phi(x) + x phi(x)
        const slope = op("AddV2", [distribution(full), op("Mul", [full, density(full)])]);
        return as(x!, op("Mul", [raise(dy), slope]));
      },
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
