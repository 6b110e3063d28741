/**
 * The parts of a network that learn at different times: a step updates the parameters it has
 * gradients for, and the reference program counts the steps of each part on its own.
 *
 * @module
 */

/** Encoder, pooler, or the head of a task. */
export type Part = "encoder" | "pooler" | `heads/${string}`;

/** The part that the parameter at `path` belongs to. */
export function partOf(path: string): Part {
  if (path.startsWith("encoder/pooler/")) return "pooler";
  if (path.startsWith("heads/")) return path.split("/").slice(0, 2).join("/") as Part;
  return "encoder";
}

/** Whether weight decay acts on the parameter: not on biases, norms and gains. */
export function isDecayed(path: string): boolean {
  return !/\/(bias|scale|shift|gain)$/.test(path);
}
