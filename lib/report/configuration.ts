/**
 * What runs must share to be compared with each other, and with published numbers.
 *
 * @module
 */

/** What runs must share to stand in one table. */
export interface Configuration {
  /** Name of the pretrained weights, such as `all-MiniLM-L6-v2`. */
  readonly encoderName: string;
  /** Size of the experiment: `sample`, `small` or `paper`. */
  readonly size: string;
  /** Name of the preset. */
  readonly preset: string;
  /** Arithmetic of matrix products. */
  readonly precision: string;
}

/**
 * A configuration in words, the heading of its table.
 *
 * @example
 * ```ts
 * import { configurationName } from "./configuration.ts";
 * configurationName({
 *   encoderName: "bert-base-uncased",
 *   size: "paper",
 *   preset: "fixed",
 *   precision: "float32",
 * }); // "bert-base-uncased, paper size, fixed preset, float32"
 * ```
 */
export function configurationName(configuration: Configuration): string {
  const { encoderName, preset, precision } = configuration;
  const size = isGenerated(configuration)
    ? "sample of generated sentences"
    : `${configuration.size} size`;
  return `${encoderName}, ${size}, ${preset} preset, ${precision}`;
}

/**
 * Whether runs of this size learned from the sample, whose sentences a program invented: nothing
 * published belongs beside them.
 *
 * @example
 * ```ts
 * import { isGenerated } from "./configuration.ts";
 * isGenerated({ size: "small" }); // false
 * ```
 */
export function isGenerated({ size }: Pick<Configuration, "size">): boolean {
  return size === "sample";
}
