import { assertEquals, assertThrows } from "@std/assert";
import { confusionMatrix, tally } from "../../lib/metrics/confusion.ts";

Deno.test("confusionMatrix() counts targets by row and predictions by column", () => {
  assertEquals(confusionMatrix([0, 1, 1, 2], [0, 0, 1, 2], 4), [
    [1, 1, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 0],
  ]);
  assertEquals(confusionMatrix([], [], 2), [[0, 0], [0, 0]]);
});

Deno.test("confusionMatrix() refuses a label past the classes", () => {
  assertThrows(
    () => confusionMatrix([0, 3], [0, 0], 3),
    RangeError,
    "Cannot compute confusionMatrix: prediction 3 at position 1, " +
      "expected a label index from 0 to 2",
  );
});

Deno.test("tally() counts labels that were only predicted or only the target", () => {
  const { correct, classes } = tally([5, 1, 1], [1, 1, 0]);
  assertEquals(correct, 1);
  assertEquals(classes.get(5), { predicted: 1, actual: 0, correct: 0 });
  assertEquals(classes.get(0), { predicted: 0, actual: 1, correct: 0 });
  assertEquals(classes.get(1), { predicted: 2, actual: 2, correct: 1 });
});
