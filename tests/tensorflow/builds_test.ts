import { assert, assertEquals } from "@std/assert";
import { pipArguments } from "../../lib/hub/wheel.ts";
import { buildFor, NVIDIA_WHEELS } from "../../lib/tensorflow/builds.ts";

Deno.test("buildFor() knows the platforms that have a build, and only these", () => {
  const known: [string, string, boolean][] = [
    ["linux", "x86_64", false],
    ["linux", "x86_64", true],
    ["linux", "aarch64", false],
    ["darwin", "aarch64", false],
  ];
  const folders = known.map((platform) => buildFor(...platform)!.folder);
  assertEquals(folders, [
    "2.21.0-cpu-linux-x86_64",
    "2.21.0-gpu-linux-x86_64",
    "2.21.0-cpu-linux-aarch64",
    "2.21.0-cpu-darwin-aarch64",
  ]);
  for (const [os, arch] of [["windows", "x86_64"], ["darwin", "x86_64"]] as const) {
    assertEquals(buildFor(os, arch, false), null);
  }
  assertEquals(buildFor("linux", "aarch64", true), null);
});

Deno.test("Each pinned wheel has a name that pip can be asked for, a size and a SHA-256", () => {
  const wheels = [
    ...["linux-x86_64", "linux-aarch64", "darwin-aarch64"].flatMap((platform) => {
      const [os, arch] = platform.split("-");
      return buildFor(os!, arch!, false)!.wheels;
    }),
    ...buildFor("linux", "x86_64", true)!.wheels,
  ];
  assertEquals(wheels.length, 4 + NVIDIA_WHEELS.length);
  assertEquals(new Set(wheels.map(({ sha256 }) => sha256)).size, wheels.length);
  for (const { file, bytes, sha256 } of wheels) {
    assert(pipArguments(file).includes("--platform"), file);
    assert(bytes > 1_000_000, file);
    assert(/^[0-9a-f]{64}$/.test(sha256), file);
  }
});

Deno.test("The CPU build takes the two libraries and nothing else, under their own names", () => {
  const { place, files } = buildFor("darwin", "aarch64", false)!;
  assertEquals(files, ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"]);
  assertEquals(place("tensorflow/libtensorflow_cc.2.dylib"), "libtensorflow_cc.2.dylib");
  assertEquals(place("tensorflow/python/libtensorflow_cc.2.dylib"), null);
  assertEquals(place("libtensorflow_cc.2.dylib"), null);
  assertEquals(place("tensorflow/__init__.py"), null);
});

Deno.test("The CUDA build keeps the tree in which its run path finds NVIDIA's libraries", () => {
  const { place, library } = buildFor("linux", "x86_64", true)!;
  assertEquals(library, "tensorflow/libtensorflow_cc.so.2");
  const kept = [
    "tensorflow/libtensorflow_cc.so.2",
    "tensorflow/libtensorflow_framework.so.2",
    "nvidia/cuda_runtime/lib/libcudart.so.12",
    "nvidia/cublas/lib/libcublasLt.so.12",
    "nvidia/cuda_nvcc/bin/ptxas",
    "nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc",
    "nvidia/cuda_nvcc/nvvm/lib64/libnvvm.so",
  ];
  for (const member of kept) assertEquals(place(member), member);
  const left = [
    "tensorflow/python/framework/_dtypes.so",
    "nvidia/cuda_runtime/lib/libcudart_static.a",
    "nvidia/cuda_runtime/include/cuda.h",
    "nvidia/cuda_nvcc/nvvm/include/nvvm.h",
    "nvidia/__init__.py",
    "nvidia/../lib/x.so",
    "nvidia/a/lib/../../x.so",
    "/nvidia/a/lib/x.so",
  ];
  for (const member of left) assertEquals(place(member), null);
});
