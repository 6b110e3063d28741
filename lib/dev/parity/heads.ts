/**
 * The reference program's heads as ours: options, and names and layouts of parameters.
 *
 * @module
 */

import { answer, classify, type Head, rank, regress } from "../../model/heads.ts";
import type { EncoderConfig } from "../../model/encoder.ts";
import { encoderOf } from "../../model/encoders.ts";
import type { Values } from "../../model/parameters.ts";
import { sanDefaults, type SanOptions, sanSpecs, type SanTrace } from "../../model/san/san.ts";
import { crossEntropyObjective, squaredErrorObjective } from "../../model/objectives.ts";
import type { StoredTensor } from "../../base/safetensors.ts";
import type { Task } from "../../train/task.ts";
import { tasks } from "../../tasks.ts";
import type { Tensor } from "../../tensorflow/backend.ts";
import { op } from "../../tensorflow/operations/operation.ts";
import { reshape } from "../../tensorflow/operations/shapes.ts";
import type { Tensors } from "../../tensorflow/trace.ts";

/** What is recorded about a head. */
export interface RecordedHead {
  readonly name: string;
  readonly head: "linear" | "san";
  readonly outputs: number;
  /** Sequences of a row. */
  readonly candidates: number;
  readonly options?: Partial<SanCommandLine>;
}

/** Options of the answer head on the reference program's command line. */
export interface SanCommandLine {
  readonly answer_num_turn: number;
  readonly answer_att_type: string;
  readonly answer_rnn_type: SanOptions["cell"];
  readonly answer_merge_opt: number;
  readonly answer_mem_type: number;
  readonly answer_weight_norm_on: boolean;
}

/** The options by our names; turns are never left out, as dropout is off or its masks recorded. */
export function sanOptionsOf(given: Partial<SanCommandLine> = {}): SanOptions {
  const attention = { bilinear: "bilinear", simple: "simple", flatsim: "flat" } as const;
  const chosen = given.answer_att_type ?? "bilinear";
  return {
    ...sanDefaults,
    turnDropout: 0,
    turns: given.answer_num_turn ?? sanDefaults.turns,
    // any other name means the longest list of features
    attention: chosen in attention
      ? attention[chosen as keyof typeof attention]
      : "flat with difference",
    cell: given.answer_rnn_type ?? "gru",
    merge: given.answer_merge_opt === 0 ? "two-way" : "four-way",
    answer: given.answer_mem_type === 0 ? "last" : "mean",
    weightNorm: given.answer_weight_norm_on ?? false,
  };
}

/**
 * A task with the recorded head. The answer head with one output, which the library refuses, is
 * put together from its parts: its values were recorded to show that it can learn nothing.
 */
export function taskOfHead({ name, head, outputs, candidates, options }: RecordedHead): Task {
  const linear = candidates > 1 ? rank(candidates) : outputs === 1 ? regress : classify;
  const chosen = head === "linear"
    ? linear
    : outputs === 1
    ? degenerate(sanOptionsOf(options), candidates)
    : answer(sanOptionsOf(options));
  return {
    ...tasks.rte,
    name,
    headOf: name,
    labels: Array.from({ length: outputs === 1 ? 0 : outputs }, (_, i) => String(i)),
    head: chosen,
    objective: outputs === 1 && candidates === 1 ? squaredErrorObjective : crossEntropyObjective,
  };
}

function degenerate(options: SanOptions, candidates: number): Head {
  const whole = answer(options);
  return {
    ...whole,
    decides: candidates > 1 ? "candidate" : "number",
    parameters: (width) => sanSpecs(width, 1, options),
    logits: (...given) => reshape(whole.logits(...given), [-1, candidates]),
  };
}

/** What the answer head went through, by recorded names, stacked over turns. */
export function innerValues(trace: SanTrace): Tensors {
  const stack = (tensors: readonly Tensor[]) => op("Pack", tensors);
  return {
    s0: trace.start,
    att: stack(trace.attentions),
    x: stack(trace.read),
    state: stack([trace.start, ...trace.states]),
    turn_logits: stack(trace.turnLogits),
    logits: trace.logits,
  };
}

/** A parameter of ours, and whether the recorded one has its two dimensions the other way round. */
export interface OurParameter {
  readonly path: string;
  readonly transposed: boolean;
}

/** Layers of a head, in the reference program's words and in ours. */
const layers: Readonly<Record<string, string>> = {
  "": "output",
  "query_wsum.att.linear.": "start",
  "attn.score_func.linear.": "attention",
  "classifier.proj.": "output",
};

/** Our parameter for a head's recorded name. */
export function headParameter(name: string): OurParameter {
  const cell = /^rnn\.(weight|bias)_(ih|hh)(_g|_v)?$/.exec(name);
  if (cell) {
    const side = cell[2] === "ih" ? "input" : "state";
    return named(`cell/${side}`, cell[1]!, cell[3]);
  }
  const found = /^(.*?)(weight|bias)(_g|_v)?$/.exec(name);
  const layer = found ? layers[found[1]!] : undefined;
  if (found && layer) return named(layer, found[2]!, found[3]);
  throw new Error(`Cannot place the head's parameter "${name}": no parameter here corresponds.`);
}

function named(layer: string, what: string, part: string | undefined): OurParameter {
  if (what === "bias") return { path: `${layer}/bias`, transposed: false };
  return part === "_g"
    ? { path: `${layer}/gain`, transposed: false }
    : { path: `${layer}/kernel`, transposed: true };
}

/** Our parameters by all names an encoder's parameters are recorded under. */
export function encoderNames(config: EncoderConfig): ReadonlyMap<string, OurParameter> {
  return new Map(
    encoderOf(config).parameters(config).map(({ name, source, transposed }) => [
      `bert.${source}`,
      { path: name, transposed },
    ]),
  );
}

/** A recorded tensor in our layout: kernels [in, out], gains [out]. */
export function recordedValues(
  { shape, values }: StoredTensor,
  { path, transposed }: OurParameter,
): Values {
  const floats = values as Float32Array;
  if (path.endsWith("/gain")) return { shape: [shape[0]!], values: floats };
  if (!transposed) return { shape, values: floats };
  const [rows = 0, columns = 0] = shape;
  const turned = Float32Array.from(
    floats,
    (_, at) => floats[(at % rows) * columns + Math.floor(at / rows)]!,
  );
  return { shape: [columns, rows], values: turned };
}

/** The parameters of one head, from all tensors whose names start with `prefix`, by our paths. */
export function headValues(
  tensors: Readonly<Record<string, StoredTensor>>,
  prefix: string,
  head: string,
): Record<string, Values> {
  const chosen = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(chosen.map(([name, tensor]) => {
    const parameter = headParameter(name.slice(prefix.length));
    return [`heads/${head}/${parameter.path}`, recordedValues(tensor, parameter)];
  }));
}
