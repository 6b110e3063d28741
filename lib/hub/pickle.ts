/**
 * Weights as Python pickles: told apart from others, and refused. Reading a pickle means running
 * the program in it, so that nobody who only wants weights should read one from elsewhere.
 *
 * @module
 */

/** Endings that weights have as pickles, and as the formats of other libraries. */
const pickled = /\.(bin|pt|pth|ckpt|pkl|pickle)$/;
const foreign = /\.(h5|hdf5|msgpack|onnx|npz|gguf|pb|index|data-\d+-of-\d+)$/;
const shard = /-\d+-of-\d+\./;

/**
 * Whether a path names a file of weights and no folder.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { namesWeights } from "./pickle.ts";
 *
 * assertEquals(["bert/model.bin", "google-bert/bert-base-uncased"].map(namesWeights), [true, false]);
 * ```
 */
export function namesWeights(path: string): boolean {
  return pickled.test(path) || foreign.test(path) || path.endsWith(".safetensors");
}

/**
 * Whether these are the first bytes of a pickle, or of the zip file that PyTorch puts one in,
 * whatever name it goes by.
 */
export function isPickle(bytes: Uint8Array): boolean {
  const [first, second, third, fourth] = bytes;
  const zip = first === 0x50 && second === 0x4b && third === 3 && fourth === 4;
  return zip || (first === 0x80 && second !== undefined && second >= 1 && second <= 5);
}

/**
 * Why the weights of an encoder can't be used, and what to do: `names` are the files that it has,
 * among which there is no model.safetensors. `folder` is where they lie, left out where they are
 * not on this machine.
 *
 * ```ts
 * import { assertMatch } from "@std/assert";
 * import { weightsRefusal } from "./pickle.ts";
 *
 * const refusal = weightsRefusal("bert", ["pytorch_model.bin"], "bert");
 * assertMatch(refusal, /only as pytorch_model.bin, which can run any program when it is read/);
 * ```
 */
export function weightsRefusal(encoder: string, names: readonly string[], folder?: string): string {
  const is = (pattern: RegExp) => names.find((name) => pattern.test(name));
  const parts = names.find((name) => shard.test(name) && namesWeights(name));
  const pickle = is(/^pytorch_model\.bin$/) ?? is(pickled);
  const other = is(foreign);
  if (parts !== undefined) {
    return `"${encoder}" has its weights in parts, as ${parts}, which are not read here; join them ` +
      `where you trust them: ${resaved(encoder)}`;
  }
  if (pickle !== undefined) {
    return `"${encoder}" has its weights only as ${pickle}, which can run any program when it is ` +
      `read (a pickle); convert it where you trust it, with Python: ` +
      (folder === undefined ? resaved(encoder) : converted(folder, pickle));
  }
  if (other !== undefined) {
    return `"${encoder}" has its weights only as ${other}, which is not read here; convert it, with ` +
      `Python: ${resaved(encoder)}`;
  }
  return `"${encoder}" has no model.safetensors; fetch the encoder's weights in that format.`;
}

/** `weights_only` lets torch read tensors and nothing else of a pickle. */
function converted(folder: string, file: string): string {
  return `python3 -c 'import torch; from safetensors.torch import save_file; ` +
    `save_file({name: value.contiguous().clone() for name, value in torch.load("${folder}/${file}", ` +
    `map_location="cpu", weights_only=True).items()}, "${folder}/model.safetensors", ` +
    `{"format": "pt"})' (packages torch and safetensors)`;
}

function resaved(encoder: string): string {
  return `python3 -c 'from transformers import AutoModel; AutoModel.from_pretrained("${encoder}")` +
    `.save_pretrained("converted", max_shard_size="100GB")' and copy the tokenizer's files beside ` +
    `the new model.safetensors`;
}
