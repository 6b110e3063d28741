/**
 * Every operation at work, each with its plain formula.
 *
 * @module
 */

import { ARITHMETIC, REUSE } from "./arithmetic_cases.ts";
import type { Case } from "./harness.ts";
import { LAYERS } from "./layer_cases.ts";
import { SHAPES } from "./shape_cases.ts";

/** All cases. */
export const CASES: readonly Case[] = [...ARITHMETIC, ...REUSE, ...LAYERS, ...SHAPES];
