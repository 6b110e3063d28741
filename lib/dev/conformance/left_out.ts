/**
 * The tests of tfjs-core that this backend isn't expected to pass, each with its reason. They are
 * run all the same: a test counts as left out only while it fails in the way written here.
 *
 * @module
 */

/** Tests that fail in the same way for the same reason. */
export interface LeftOut {
  /** How the full names of its tests may start. */
  readonly tests: readonly string[];
  /** What each failure says. */
  readonly message: RegExp;
  /** How many tests that are; null where it depends on the build of TensorFlow. */
  readonly count: number | null;
  /** Why they fail. */
  readonly reason: string;
}

/** Tests of a kernel that tfjs-node doesn't have, and leaves out for it. */
function withoutKernel(kernel: string, count: number, ...tests: string[]): LeftOut {
  return {
    tests,
    message: new RegExp(`Kernel '${kernel}' not registered for backend 'tensorflow'`),
    count,
    reason: `tfjs-node leaves it out: it has no kernel ${kernel}`,
  };
}

/** Tests that hand an operation a type of element that TensorFlow has no kernel for. */
function withoutType(operation: string, type: string, ...tests: string[]): LeftOut {
  return {
    tests,
    message: new RegExp(`"${operation}": Value for attr 'T' of ${type} is not in the list`),
    count: tests.length,
    reason: `tfjs-node leaves it out: TensorFlow's ${operation} takes no ${type}`,
  };
}

/** All of them. */
export const leftOut: readonly LeftOut[] = [
  withoutKernel("BitwiseAnd", 1, "bitwiseAnd"),
  withoutKernel("DenseBincount", 8, "denseBincount"),
  withoutKernel("MaxPoolWithArgmax", 12, "maxPoolWithArgmax"),
  withoutKernel("RaggedGather", 12, "raggedGather"),
  withoutKernel("RaggedRange", 15, "raggedRange"),
  withoutKernel("RaggedTensorToTensor", 14, "raggedTensorToTensor"),
  withoutKernel("SearchSorted", 7, "searchSorted", "lowerBound", "upperBound"),
  withoutKernel("SparseFillEmptyRows", 10, "sparseFillEmptyRows"),
  withoutKernel("SparseReshape", 16, "sparseReshape"),
  withoutKernel("SparseSegmentMean", 17, "sparseSegmentMean"),
  withoutKernel("SparseSegmentSum", 16, "sparseSegmentSum"),
  withoutKernel("StringNGrams", 33, "stringNGrams"),
  withoutKernel("StringSplit", 7, "stringSplit"),
  withoutKernel("StringToHashBucketFast", 4, "stringToHashBucketFast"),
  withoutKernel("Transform", 7, "image.transform"),
  {
    tests: ["avgPool", "maxPool", "pool", "conv2dTranspose"],
    message: /TF Backend supports only 'valid' and 'same' padding/,
    count: 31,
    reason: "tfjs-node leaves it out: its kernels refuse padding given in numbers",
  },
  {
    tests: ["fused conv2d"],
    message: /Node backend FusedConv2D does not support dataFormat:'NCHW'/,
    count: 22,
    reason: "tfjs-node leaves it out: its kernel refuses channels before height and width",
  },
  withoutType("Diag", "bool", "diag bool"),
  withoutType("Greater", "string", "greater should support string comparison"),
  withoutType("GreaterEqual", "string", "greaterEqual should support string comparison"),
  withoutType("Less", "string", "less should support string comparison"),
  withoutType("LessEqual", "string", "lessEqual should support string comparison"),
  withoutType("LeakyRelu", "int32", "leakyrelu int32"),
  withoutType("IsNan", "int32", "step kernel with int32 tensor"),
  {
    tests: ["scatterND should"],
    message: /"ScatterNd": Dimensions .* must match dimensions \[0,/,
    count: 5,
    reason: "tfjs-node leaves it out: TensorFlow wants the indices as a column",
  },
  {
    tests: ["sign"],
    message: /Arrays differ: actual\[\d\] = NaN, expected\[\d\] = 0/,
    count: 3,
    reason: "tfjs-node leaves it out: TensorFlow's sign of NaN is NaN, that of tfjs 0",
  },
  {
    tests: ["unique 1d tensor with NaN and Infinity"],
    message: /Expected \$\[0\] = 3 to equal 2|Arrays have different lengths actual: 3/,
    count: 1,
    reason: "tfjs-node leaves it out: for TensorFlow no NaN equals another",
  },
  {
    tests: ["einsum 2d matrix calculate trace", "einsum nonexistent dimension"],
    message: /Expected function to throw an Error/,
    count: 2,
    reason: "tfjs-node leaves it out: TensorFlow's Einsum does what tfjs refuses",
  },
  {
    tests: ["multinomial creates the same data given the same seed"],
    message: /Arrays differ/,
    count: 1,
    reason: "tfjs-node leaves it out: TensorFlow's Multinomial goes on with its random numbers",
  },
  {
    tests: ["tan numbers exceed float32 precision"],
    message: /Arrays differ: actual\[2\] = 30144\.177734375, expected\[2\] = 30144\.17578125/,
    count: null,
    reason: "tfjs-node leaves it out: the value is one float32 step beside the expected one",
  },
  {
    tests: ["avgPool3d x=[1,1,1,1,1] f=[1,1,3] s=1 p=valid"],
    message: /Computed output size would be negative/,
    count: 1,
    reason: "tfjs-node leaves it out: TensorFlow refuses a filter larger than its input",
  },
  {
    tests: ["conv2dTranspose input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4"],
    message: /could not create a primitive descriptor|Size of out_backprop doesn't match computed/,
    count: 1,
    reason: "tfjs-node leaves it out: TensorFlow refuses an output smaller than its input",
  },
  {
    tests: ["conv2d"],
    message: /Conv2D op currently only supports the NHWC tensor format on the CPU/,
    count: null,
    reason: "without oneDNN, TensorFlow's Conv2D wants the channels last on a CPU",
  },
  {
    tests: ["depthwiseConv2", "separableConv2d"],
    message: /"DepthwiseConv2dNative": Current kernel implementation does not support dilations/,
    count: null,
    reason: "without oneDNN, TensorFlow's DepthwiseConv2dNative takes no dilations on a CPU",
  },
];
