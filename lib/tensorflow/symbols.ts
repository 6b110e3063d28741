/**
 * The part of TensorFlow's C API that this project calls, declared for Deno's FFI.
 *
 * @module
 */

/** `TF_Output`: an operation and the number of one of its outputs, passed by value. */
const OUTPUT = { struct: ["pointer", "i32"] } as const;

const pointer = "pointer" as const;
const buffer = "buffer" as const;
const i32 = "i32" as const;
const i64 = "i64" as const;
const usize = "usize" as const;
const f32 = "f32" as const;
const u8 = "u8" as const;
const nothing = "void" as const;

const EXECUTE = [pointer, buffer, buffer, pointer] as const;

/** Signatures of every function called; names are TensorFlow's own. */
const SYMBOLS = {
  TF_Version: { parameters: [], result: pointer },
  TF_NewStatus: { parameters: [], result: pointer },
  TF_DeleteStatus: { parameters: [pointer], result: nothing },
  TF_GetCode: { parameters: [pointer], result: i32 },
  TF_Message: { parameters: [pointer], result: pointer },
  TF_NewBuffer: { parameters: [], result: pointer },
  TF_DeleteBuffer: { parameters: [pointer], result: nothing },

  TFE_NewContextOptions: { parameters: [], result: pointer },
  TFE_DeleteContextOptions: { parameters: [pointer], result: nothing },
  TFE_ContextOptionsSetConfig: { parameters: [pointer, buffer, usize, pointer], result: nothing },
  TFE_NewContext: { parameters: [pointer, pointer], result: pointer },
  TFE_ContextListDevices: { parameters: [pointer, pointer], result: pointer },
  TF_DeviceListCount: { parameters: [pointer], result: i32 },
  TF_DeviceListType: { parameters: [pointer, i32, pointer], result: pointer },
  TF_DeviceListName: { parameters: [pointer, i32, pointer], result: pointer },
  TF_DeleteDeviceList: { parameters: [pointer], result: nothing },

  TF_AllocateTensor: { parameters: [i32, buffer, i32, usize], result: pointer },
  TF_DeleteTensor: { parameters: [pointer], result: nothing },
  TF_TensorData: { parameters: [pointer], result: pointer },
  TF_TensorByteSize: { parameters: [pointer], result: usize },
  TF_TensorElementCount: { parameters: [pointer], result: i64 },
  TF_StringInit: { parameters: [pointer], result: nothing },
  TF_StringCopy: { parameters: [pointer, buffer, usize], result: nothing },
  TF_StringGetDataPointer: { parameters: [pointer], result: pointer },
  TF_StringGetSize: { parameters: [pointer], result: usize },
  TF_StringDealloc: { parameters: [pointer], result: nothing },

  TFE_NewTensorHandle: { parameters: [pointer, pointer], result: pointer },
  TFE_DeleteTensorHandle: { parameters: [pointer], result: nothing },
  TFE_TensorHandleCopySharingTensor: { parameters: [pointer, pointer], result: pointer },
  TFE_TensorHandleResolve: { parameters: [pointer, pointer], result: pointer },
  TFE_TensorHandleDataType: { parameters: [pointer], result: i32 },
  TFE_TensorHandleNumDims: { parameters: [pointer, pointer], result: i32 },
  TFE_TensorHandleDim: { parameters: [pointer, i32, pointer], result: i64 },

  TFE_NewOp: { parameters: [pointer, buffer, pointer], result: pointer },
  TFE_DeleteOp: { parameters: [pointer], result: nothing },
  TFE_OpAddInput: { parameters: [pointer, pointer, pointer], result: nothing },
  TFE_OpSetAttrType: { parameters: [pointer, buffer, i32], result: nothing },
  TFE_OpSetAttrTypeList: { parameters: [pointer, buffer, buffer, i32], result: nothing },
  TFE_OpSetAttrBool: { parameters: [pointer, buffer, u8], result: nothing },
  TFE_OpSetAttrBoolList: { parameters: [pointer, buffer, buffer, i32], result: nothing },
  TFE_OpSetAttrInt: { parameters: [pointer, buffer, i64], result: nothing },
  TFE_OpSetAttrIntList: { parameters: [pointer, buffer, buffer, i32], result: nothing },
  TFE_OpSetAttrFloat: { parameters: [pointer, buffer, f32], result: nothing },
  TFE_OpSetAttrFloatList: { parameters: [pointer, buffer, buffer, i32], result: nothing },
  TFE_OpSetAttrString: { parameters: [pointer, buffer, buffer, usize], result: nothing },
  TFE_OpSetAttrStringList: { parameters: [pointer, buffer, buffer, buffer, i32], result: nothing },
  TFE_OpSetAttrShape: { parameters: [pointer, buffer, buffer, i32, pointer], result: nothing },
  TFE_OpSetAttrFunctionName: { parameters: [pointer, buffer, buffer, usize], result: nothing },
  TFE_Execute: { parameters: EXECUTE, result: nothing },
  /** The same call on a thread of its own: timers and signals go on while it runs. */
  executeApart: { name: "TFE_Execute", parameters: EXECUTE, result: nothing, nonblocking: true },

  TF_NewGraph: { parameters: [], result: pointer },
  TF_DeleteGraph: { parameters: [pointer], result: nothing },
  TF_GraphGetOpDef: { parameters: [pointer, buffer, pointer, pointer], result: nothing },
  TF_NewOperation: { parameters: [pointer, buffer, buffer], result: pointer },
  TF_AddInput: { parameters: [pointer, OUTPUT], result: nothing },
  TF_AddInputList: { parameters: [pointer, buffer, i32], result: nothing },
  TF_AddControlInput: { parameters: [pointer, pointer], result: nothing },
  TF_SetAttrType: { parameters: [pointer, buffer, i32], result: nothing },
  TF_SetAttrTypeList: { parameters: [pointer, buffer, buffer, i32], result: nothing },
  TF_SetAttrBool: { parameters: [pointer, buffer, u8], result: nothing },
  TF_SetAttrBoolList: { parameters: [pointer, buffer, buffer, i32], result: nothing },
  TF_SetAttrInt: { parameters: [pointer, buffer, i64], result: nothing },
  TF_SetAttrIntList: { parameters: [pointer, buffer, buffer, i32], result: nothing },
  TF_SetAttrFloat: { parameters: [pointer, buffer, f32], result: nothing },
  TF_SetAttrFloatList: { parameters: [pointer, buffer, buffer, i32], result: nothing },
  TF_SetAttrString: { parameters: [pointer, buffer, buffer, usize], result: nothing },
  TF_SetAttrStringList: { parameters: [pointer, buffer, buffer, buffer, i32], result: nothing },
  TF_SetAttrShape: { parameters: [pointer, buffer, buffer, i32], result: nothing },
  TF_SetAttrTensor: { parameters: [pointer, buffer, pointer, pointer], result: nothing },
  TF_SetAttrFuncName: { parameters: [pointer, buffer, buffer, usize], result: nothing },
  TF_FinishOperation: { parameters: [pointer, pointer], result: pointer },
  TF_OperationNumOutputs: { parameters: [pointer], result: i32 },
  TF_OperationOutputType: { parameters: [OUTPUT], result: i32 },
  TF_GraphGetTensorNumDims: { parameters: [pointer, OUTPUT, pointer], result: i32 },
  TF_GraphGetTensorShape: { parameters: [pointer, OUTPUT, buffer, i32, pointer], result: nothing },
  TF_GraphSetTensorShape: { parameters: [pointer, OUTPUT, buffer, i32, pointer], result: nothing },

  TF_GraphToFunctionWithControlOutputs: {
    // deno-fmt-ignore
    parameters: [pointer, buffer, u8, i32, pointer, i32, buffer, i32, buffer, pointer, i32, buffer, pointer, pointer, buffer, pointer],
    result: pointer,
  },
  TF_FunctionSetAttrValueProto: {
    parameters: [pointer, buffer, buffer, usize, pointer],
    result: nothing,
  },
  TF_DeleteFunction: { parameters: [pointer], result: nothing },
  TFE_ContextAddFunction: { parameters: [pointer, pointer, pointer], result: nothing },
  TFE_ContextRemoveFunction: { parameters: [pointer, buffer, pointer], result: nothing },
} as const satisfies Deno.ForeignLibraryInterface;

/** The opened functions. */
export type Symbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/**
 * Opens TensorFlow's shared library.
 *
 * @throws when the file is no TensorFlow library, is cut off, or lacks a function that is needed.
 *
 * @example
 * ```ts
 * import { openLibrary } from "./symbols.ts";
 * try {
 *   openLibrary("/no/such/libtensorflow_cc.so.2");
 * } catch (error) {
 *   console.log((error as Error).message);
 * }
 * ```
 */
export function openLibrary(path: string): Symbols {
  try {
    refuseCutOff(path);
    return Deno.dlopen(path, SYMBOLS).symbols;
  } catch (error) {
    throw new Error(
      `Cannot open "${path}" as TensorFlow's C library (${(error as Error).message}); ` +
        `set TENSORFLOW_LIBRARY to another file or delete it and run \`deno task setup\`.`,
    );
  }
}

/**
 * Opening a library that was cut off ends the process with a bus error. The headers of an ELF file's
 * sections lie at its end: where they should be says how long it is at least (ELF-64, "ELF header").
 */
function refuseCutOff(path: string): void {
  const header = new Uint8Array(64);
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  if (file.readSync(header) !== header.length) return; // whatever it is, it can be refused by dlopen
  const view = new DataView(header.buffer);
  const elf64 = view.getUint32(0) === 0x7f454c46 && view.getUint8(4) === 2 &&
    view.getUint8(5) === 1;
  if (!elf64) return;
  const sections = view.getBigUint64(0x28, true);
  const end = sections + BigInt(view.getUint16(0x3a, true) * view.getUint16(0x3c, true));
  if (sections > 0n && BigInt(size) < end) {
    throw new Error(`it was cut off: it has ${size} bytes, expected at least ${end}`);
  }
}
