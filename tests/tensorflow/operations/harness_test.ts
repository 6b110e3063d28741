import { assertRejects } from "@std/assert";
import { tf } from "../../../lib/tensorflow/backend.ts";
import { add } from "../../../lib/tensorflow/operations/arithmetic.ts";
import { op, withGradient } from "../../../lib/tensorflow/operations/operation.ts";
import { shapeOf } from "../../../lib/tensorflow/operations/shapes.ts";
import { each } from "./arrays.ts";
import { type Case, checkCase, operation } from "./harness.ts";

/** x * x with gradients and formulas to be spoilt. */
function square(changes: Partial<Case<"x">>): Case {
  return operation({
    name: "square",
    inputs: { x: { shape: ["n", 3] } },
    output: ["n", 3],
    xla: false,
    run: ({ x }) =>
      withGradient([x], (save) => {
        save([x]);
        return { value: op("Mul", [x, x]), gradient: (dy, [x]) => op("Mul", [add(x!, x!), dy]) };
      }),
    expected: ({ x }) => each((x) => x * x, x),
    ...changes,
  });
}

/** An operation on x with a gradient made of `dy`, `x` and a constant. */
function withSlope(slope: number): Case["run"] {
  return ({ x }) =>
    withGradient([x!], (save) => {
      save([x!]);
      return {
        value: op("Mul", [x!, x!]),
        gradient: (dy, [x]) => op("Mul", [op("Mul", [x!, tf.scalar(slope)]), dy]),
      };
    });
}

Deno.test("the harness passes a right gradient", async () => {
  await checkCase(square({}));
  await checkCase(square({ run: withSlope(2) }));
});

Deno.test("the harness refuses a gradient that is off by a hundredth of a percent", async () => {
  await assertRejects(
    () => checkCase(square({ run: withSlope(2.0002) })),
    Error,
    "gradient of x (square",
  );
});

Deno.test("the harness refuses a value that is not the formula's", async () => {
  const expected: Case["expected"] = ({ x }) => each((x) => x * x + 1e-4, x!);
  await assertRejects(() => checkCase(square({ expected })), Error, "value (square");
});

Deno.test("the harness refuses a missing gradient", async () => {
  const run: Case["run"] = ({ x }) => op("Mul", [x!, x!]);
  await assertRejects(() => checkCase(square({ run })), Error, 'no gradient for "x"');
});

Deno.test("the harness refuses a gradient that is right only for the size it was traced with", async () => {
  // the mean over rows, whose gradient takes the number of rows from JavaScript
  const mean = operation({
    name: "mean over rows",
    inputs: { x: { shape: ["n", 3] } },
    output: [3],
    xla: false,
    run: ({ x }) =>
      withGradient([x], (save) => {
        save([x]);
        return {
          value: op("Mean", [x, tf.scalar(0, "int32")]),
          gradient: (dy, [x]) => {
            const share = op("RealDiv", [dy, tf.scalar(x!.shape[0]!)]);
            return op("BroadcastTo", [share, shapeOf(x!)]);
          },
        };
      }),
    expected: ({ x }) => {
      const rows = x.shape[0]!;
      const data = Float64Array.from({ length: 3 }, (_, j) => {
        let sum = 0;
        for (let i = 0; i < rows; i++) sum += x.data[3 * i + j]!;
        return sum / rows;
      });
      return { shape: [3], data };
    },
  });
  await assertRejects(
    () => checkCase(mean),
    Error,
    'the size of dimension "n" ended up in a constant',
  );
});

Deno.test("the harness refuses an operation that leaves tensors behind", async () => {
  const run: Case["run"] = ({ x }) => {
    op("Neg", [x!]);
    return withSlope(2)({ x: x! });
  };
  await assertRejects(() => checkCase(square({ run })), Error, "leaves tensors behind");
});
