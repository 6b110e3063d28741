/**
 * Which published file carries TensorFlow's C library for which platform, pinned to the byte.
 * The wheels of the Python package hold it whole; nothing of Python is used at run time.
 *
 * @module
 */

import type { Wheel } from "../hub/wheel.ts";

/** The TensorFlow that this project is written and tested against. */
export const TENSORFLOW_VERSION = "2.21.0";

/** One way to get the library onto a platform. */
export interface Build {
  /** Name of its folder in the cache. */
  readonly folder: string;
  /** The library to open, below that folder. */
  readonly library: string;
  /** Every file without which the folder is not whole. */
  readonly files: readonly string[];
  /** What to fetch, the wheel with the library first. */
  readonly wheels: readonly Wheel[];
  /** From a member of a wheel to its place below the folder, or null to leave it out. */
  readonly place: (member: string) => string | null;
}

const NAMES: Readonly<Record<string, readonly [library: string, framework: string]>> = {
  linux: ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"],
  darwin: ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"],
};

/** Run on Linux x86-64; the others are pinned and unpacked by the same code but not run yet. */
const CPU_WHEELS: Readonly<Record<string, Wheel>> = {
  "linux-x86_64": {
    file: "tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
    bytes: 273_829_956,
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
  },
  "linux-aarch64": {
    file: "tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl",
    bytes: 281_828_020,
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
  },
  "darwin-aarch64": {
    file: "tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl",
    bytes: 223_405_849,
    sha256: "51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88",
  },
};

/** The same library with CUDA kernels, for Linux x86-64. */
const CUDA_WHEEL: Wheel = {
  file: "tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
  bytes: 572_440_367,
  sha256: "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124",
};

/**
 * NVIDIA's libraries that the CUDA build opens at run time: the packages of its extra
 * `and-cuda`, at the newest versions that its metadata allowed when they were pinned.
 */
export const NVIDIA_WHEELS: readonly Wheel[] = [
  {
    file:
      "nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    bytes: 3_493_179,
    sha256: "25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3",
  },
  {
    file: "nvidia_cuda_cupti_cu12-12.9.79-py3-none-manylinux_2_25_x86_64.whl",
    bytes: 10_814_997,
    sha256: "096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f",
  },
  {
    file: "nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    bytes: 40_546_229,
    sha256: "5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0",
  },
  {
    file: "nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    bytes: 89_568_129,
    sha256: "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4",
  },
  {
    file: "nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    bytes: 39_748_338,
    sha256: "e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9",
  },
  {
    file: "nvidia_curand_cu12-10.3.10.19-py3-none-manylinux_2_27_x86_64.whl",
    bytes: 68_295_626,
    sha256: "49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e",
  },
  {
    file: "nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    bytes: 200_877_592,
    sha256: "c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28",
  },
  {
    file: "nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl",
    bytes: 338_117_415,
    sha256: "15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88",
  },
  {
    file: "nvidia_nccl_cu12-2.32.3-py3-none-manylinux_2_27_x86_64.whl",
    bytes: 351_526_311,
    sha256: "bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c",
  },
  {
    file: "nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    bytes: 366_465_088,
    sha256: "73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78",
  },
  {
    file: "nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl",
    bytes: 581_217_458,
    sha256: "d7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72",
  },
  {
    file: "nvidia_cudnn_cu12-9.28.0.42-py3-none-manylinux_2_27_x86_64.whl",
    bytes: 716_538_495,
    sha256: "9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375",
  },
];

/**
 * The build for a platform, or null where none is published.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { buildFor } from "./builds.ts";
 *
 * assertEquals(buildFor("linux", "x86_64", false)?.folder, "2.21.0-cpu-linux-x86_64");
 * assertEquals(buildFor("darwin", "aarch64", true), null); // no CUDA on macOS
 * ```
 */
export function buildFor(os: string, arch: string, gpu: boolean): Build | null {
  const platform = `${os}-${arch}`;
  const folder = `${TENSORFLOW_VERSION}-${gpu ? "gpu" : "cpu"}-${platform}`;
  if (gpu) return platform === "linux-x86_64" ? cudaBuild(folder) : null;
  const wheel = CPU_WHEELS[platform];
  const names = NAMES[os];
  if (!wheel || !names) return null;
  const [library] = names;
  const place = (member: string) => names.find((name) => member === `tensorflow/${name}`) ?? null;
  return { folder, library, files: names, wheels: [wheel], place };
}

/**
 * The CUDA build keeps the wheels' own tree: its run path looks for NVIDIA's libraries in
 * `../nvidia/<name>/lib`, and XLA for its assembler in `../nvidia/cuda_nvcc`.
 */
function cudaBuild(folder: string): Build {
  const files = NAMES.linux!.map((name) => `tensorflow/${name}`);
  const nvidia = /^nvidia\/\w+\/(lib\/[^/]+\.so[.\d]*|bin\/\w+|nvvm\/lib\w+\/[\w.]+)$/;
  return {
    folder,
    library: files[0]!,
    files: [...files, "nvidia/cuda_runtime/lib/libcudart.so.12", "nvidia/cudnn/lib/libcudnn.so.9"],
    wheels: [CUDA_WHEEL, ...NVIDIA_WHEELS],
    place: (member) => files.includes(member) || nvidia.test(member) ? member : null,
  };
}
