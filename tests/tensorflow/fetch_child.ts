/** Fetches one small build as a process of its own, so that a test can kill it. */

import { fetchBuild } from "../../lib/tensorflow/library.ts";
import type { Wheel } from "../../lib/hub/wheel.ts";

const { wheel, cache, env } = JSON.parse(Deno.args[0]!) as {
  wheel: Wheel;
  cache: string;
  env: Record<string, string>;
};
const names = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
const folder = await fetchBuild({
  folder: "small",
  library: names[0]!,
  files: names,
  wheels: [wheel],
  place: (member) => names.find((name) => member === `tensorflow/${name}`) ?? null,
}, { cache, python: { env } });
console.log(folder);
