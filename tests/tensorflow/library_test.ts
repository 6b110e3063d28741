import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { buildFor, NVIDIA_WHEELS } from "../../lib/tensorflow/builds.ts";
import { ensureLibrary, fetchBuild, findLibrary } from "../../lib/tensorflow/library.ts";
import { fakePip, filesBelow, inFolder, makeWheel, pipFrom } from "../hub/wheels.ts";

const NAMES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
const FILE = "mt_dnn_fake_tensorflow-1.0-cp311-cp311-manylinux_2_27_x86_64.whl";
const MEMBERS = {
  "tensorflow/libtensorflow_cc.so.2": new Uint8Array(2_000_000).fill(7),
  "tensorflow/libtensorflow_framework.so.2": "framework",
  "tensorflow/__init__.py": "raise SystemExit('imported')",
};

/** Found nowhere unless a test says so: no name, an empty cache, only a test's own packages. */
function nowhere(folder: string) {
  Deno.mkdirSync(`${folder}/python`, { recursive: true });
  Deno.writeTextFileSync(
    `${folder}/python/sitecustomize.py`,
    "import sys\nsys.path = [path for path in sys.path if '-packages' not in path]\n",
  );
  return {
    named: "",
    cache: `${folder}/cache`,
    python: { env: { PYTHONPATH: `${folder}/python`, PYTHONDONTWRITEBYTECODE: "1" } },
  };
}

/** An installed package as `pip install` leaves it. */
async function install(folder: string, distribution: string, version: string, names = NAMES) {
  const info = `${folder}/python/${distribution.replace("-", "_")}-${version}.dist-info`;
  await Deno.mkdir(`${folder}/python/tensorflow`, { recursive: true });
  await Deno.mkdir(info);
  await Deno.writeTextFile(
    `${info}/METADATA`,
    `Metadata-Version: 2.1\nName: ${distribution}\nVersion: ${version}\n`,
  );
  await Deno.writeTextFile(
    `${folder}/python/tensorflow/__init__.py`,
    "raise SystemExit('imported')",
  );
  for (const name of names) await Deno.writeTextFile(`${folder}/python/tensorflow/${name}`, "x");
}

Deno.test("findLibrary() takes a named file, or the library in a named folder", () =>
  inFolder(async (folder) => {
    for (const name of ["libtensorflow.so.2", "libtensorflow_cc.so.2"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "x");
      assertEquals(await findLibrary({ named: folder }), `${folder}/${name}`);
    }
    await Deno.writeTextFile(`${folder}/mine.so`, "x");
    assertEquals(await findLibrary({ named: `${folder}/mine.so` }), `${folder}/mine.so`);
  }));

Deno.test("findLibrary() refuses a name that leads to no library, rather than looking on", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "x");
    for (const named of [folder, `${folder}/none`, `${folder}/file/below`]) {
      const error = await assertRejects(() => findLibrary({ named }), Error);
      assertStringIncludes(error.message, `TENSORFLOW_LIBRARY is "${named}"`);
      assertStringIncludes(error.message, "unset it");
    }
  }));

Deno.test("findLibrary() finds what lies in the cache, the CUDA build before the other", () =>
  inFolder(async (folder) => {
    const options = nowhere(folder);
    const builds = [false, true].map((gpu) => buildFor(Deno.build.os, Deno.build.arch, gpu));
    for (const build of builds) {
      if (!build) continue;
      for (const file of build.files) {
        const path = `${options.cache}/tensorflow/${build.folder}/${file}`;
        await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
        await Deno.writeTextFile(path, "x");
      }
      const path = `${options.cache}/tensorflow/${build.folder}/${build.library}`;
      assertEquals(await findLibrary(options), path);
    }
    const [cpu] = builds;
    assert((await findLibrary({ ...options, gpu: false }))!.includes(cpu!.folder));
    await Deno.remove(`${options.cache}/tensorflow/${cpu!.folder}/${cpu!.files[1]}`);
    assertEquals(await findLibrary({ ...options, gpu: false }), null);
  }));

Deno.test("findLibrary() finds an installed Python TensorFlow without importing it", () =>
  inFolder(async (folder) => {
    await install(folder, "tensorflow", "2.21.7");
    const path = `${folder}/python/tensorflow/${NAMES[0]}`;
    assertEquals(await findLibrary(nowhere(folder)), path);
    assertEquals(await findLibrary({ ...nowhere(folder), gpu: true }), path);
  }));

Deno.test("findLibrary() leaves out a Python TensorFlow that does not fit, and says why", () =>
  inFolder(async (folder) => {
    const notes: string[] = [];
    const find = async (gpu: boolean) => {
      const options = { ...nowhere(folder), log: (line: string) => notes.push(line), gpu };
      assertEquals(await findLibrary(options), null);
      await Deno.remove(`${folder}/python`, { recursive: true });
    };
    await install(folder, "tensorflow-cpu", "2.15.1");
    await find(false);
    await install(folder, "tensorflow-cpu", "2.21.0");
    await find(true);
    await install(folder, "tensorflow", "2.21.0", []);
    await find(false);
    assertEquals(notes.map((note) => note.replace(/.*left out: /, "")), [
      "expected 2.21.x.",
      "it has no CUDA kernels.",
      "it holds no libtensorflow_cc.so.2.",
    ]);
  }));

Deno.test("ensureLibrary() without a library and without pip says both ways out", () =>
  inFolder(async (folder) => {
    const python = await fakePip(
      `${folder}/python`,
      "raise SystemExit('python3: No module named pip')",
    );
    const log = () => {};
    const error = await assertRejects(
      () => ensureLibrary({ ...nowhere(folder), python, log, progress: log, gpu: false }),
      Error,
    );
    assertStringIncludes(error.message, "install Python's pip");
    assertStringIncludes(error.message, "set TENSORFLOW_LIBRARY to the libtensorflow_cc.so.2");
    const leftovers = (await filesBelow(`${folder}/cache`)).filter((file) => !/\.lock$/.test(file));
    assertEquals(leftovers, []);
  }));

Deno.test("fetchBuild() unpacks the libraries of a wheel and deletes it", () =>
  inFolder(async (folder) => {
    const wheel = await makeWheel(`${folder}/index`, FILE, MEMBERS);
    const { place, files, library } = buildFor("linux", "x86_64", false)!;
    const placed = await fetchBuild(
      { folder: "small", wheels: [wheel], place, files, library },
      { cache: `${folder}/cache`, python: pipFrom(`${folder}/index`), progress: () => {} },
    );
    assertEquals(placed, `${folder}/cache/tensorflow/small`);
    assertEquals(await filesBelow(placed), NAMES);
    assertEquals((await Deno.stat(`${placed}/${NAMES[0]}`)).size, 2_000_000);
  }));

Deno.test("fetchBuild() makes a folder whole again that lost a file", () =>
  inFolder(async (folder) => {
    const wheel = await makeWheel(`${folder}/index`, FILE, MEMBERS);
    const { place, files, library } = buildFor("linux", "x86_64", false)!;
    const build = { folder: "small", wheels: [wheel], place, files, library };
    const python = pipFrom(`${folder}/index`);
    const options = { cache: `${folder}/cache`, python, progress: () => {}, log: () => {} };
    const placed = await fetchBuild(build, options);
    await Deno.remove(`${placed}/${NAMES[1]}`);
    assertEquals(await fetchBuild(build, options), placed);
    assertEquals(await filesBelow(placed), NAMES);
  }));

/** A fetch in a process of its own, through a pip that waits in the middle of its file. */
async function startChild(folder: string) {
  const wheel = await makeWheel(`${folder}/index`, FILE, MEMBERS);
  const { env } = await fakePip(
    `${folder}/pip`,
    `
import os, sys, time
if "download" in sys.argv:
    open(os.environ["MARK"], "a").write("x")
    target = sys.argv[sys.argv.index("-d") + 1]
    content = open(os.environ["WHEEL"], "rb").read()
    with open(target + "/" + os.path.basename(os.environ["WHEEL"]), "wb", buffering=0) as wheel:
        wheel.write(content[:1000])
        time.sleep(float(os.environ["PAUSE"]))
        wheel.write(content[1000:])
`,
  );
  return (pause: number) => {
    const variables = {
      ...env,
      MARK: `${folder}/mark`,
      WHEEL: `${folder}/index/${FILE}`,
      PAUSE: String(pause),
    };
    const child = new URL("./fetch_child.ts", import.meta.url).pathname;
    const options = JSON.stringify({ wheel, cache: `${folder}/cache`, env: variables });
    return new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "-A", child, options],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  };
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; !await condition(); tries++) {
    if (tries > 500) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test("A fetch that is killed leaves nothing half done, and the next one cleans up", () =>
  inFolder(async (folder) => {
    const start = await startChild(folder);
    const killed = start(1);
    await until(() => exists(`${folder}/mark`));
    killed.kill("SIGKILL");
    await killed.output();
    const cache = `${folder}/cache/tensorflow`;
    assertEquals(await exists(`${cache}/small`), false);
    assert((await filesBelow(cache)).some((file) => file.includes(".partial-")));
    const { stdout, stderr, success } = await start(0).output();
    assert(success, new TextDecoder().decode(stderr));
    assertEquals(new TextDecoder().decode(stdout), `${cache}/small\n`);
    // The killed fetch's pip may still be at work in a folder of its own for a moment.
    await until(async () => (await filesBelow(cache)).length === 3);
    assertEquals(await filesBelow(cache), ["small.lock", ...NAMES.map((name) => `small/${name}`)]);
  }));

Deno.test("Two fetches at the same time fetch once", () =>
  inFolder(async (folder) => {
    const start = await startChild(folder);
    const outputs = await Promise.all([start(0.3), start(0.3)].map((child) => child.output()));
    for (const { stdout, success } of outputs) {
      assert(success);
      assertEquals(new TextDecoder().decode(stdout), `${folder}/cache/tensorflow/small\n`);
    }
    assertEquals(await Deno.readTextFile(`${folder}/mark`), "x");
  }));

Deno.test({
  name: "fetchBuild() unpacks NVIDIA's own wheel where the run path looks (MT_DNN_NETWORK_TESTS=1)",
  ignore: Deno.env.get("MT_DNN_NETWORK_TESTS") !== "1",
  fn: () =>
    inFolder(async (cache) => {
      const { place } = buildFor("linux", "x86_64", true)!;
      const wheels = NVIDIA_WHEELS.filter(({ file }) => file.startsWith("nvidia_cuda_runtime"));
      const library = "nvidia/cuda_runtime/lib/libcudart.so.12";
      const build = { folder: "cuda", wheels, place, library, files: [library] };
      const folder = await fetchBuild(build, { cache, progress: () => {} });
      assertEquals(await filesBelow(folder), [library]);
    }),
});
