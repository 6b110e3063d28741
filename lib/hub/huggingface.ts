/**
 * Fetches chosen files of a model from the Hugging Face hub.
 *
 * @module
 */

import { downloadFile, fileDownloadInfo, type FileDownloadInfoOutput } from "@huggingface/hub";
import type { DownloadProgress } from "./downloads.ts";
import { verifyFile } from "./wheel.ts";

/** A model on the hub. */
export interface HubModel {
  /** As "owner/name". */
  readonly name: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

/** How the hub is reached. */
export interface HubOptions {
  /** Address of the hub or of a mirror; HF_ENDPOINT, or the hub's own, by default. */
  readonly hubUrl?: string;
  /** Milliseconds to wait for an answer, or for the next piece of a file; 15 seconds. */
  readonly patience?: number;
  readonly progress?: (progress: DownloadProgress) => void;
}

/** The hub did not answer, which says nothing about the model. */
export class HubUnreachable extends Error {}

/** Size, place and checksum of a file, with what it needs to be fetched. */
type Located = readonly [file: string, info: FileDownloadInfoOutput];

/**
 * Fetches `required` and, where the model has them, `optional` files into `folder`. Files that
 * the hub knows the SHA-256 of (the large ones) are checked against it. HF_TOKEN, where set, is
 * sent along for models that need it.
 *
 * @returns the required files that the model does not have; then nothing was fetched.
 * @throws HubUnreachable when the hub doesn't answer; an Error that names the model when it
 * refuses.
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { fetchFromHub, HubUnreachable } from "./huggingface.ts";
 *
 * const model = { name: "no-one/nothing", revision: "main" };
 * const options = { hubUrl: "http://127.0.0.1:2" }; // nothing listens there
 * const fetching = () => fetchFromHub(model, ["config.json"], [], ".", options);
 * await assertRejects(fetching, HubUnreachable);
 * ```
 */
export async function fetchFromHub(
  model: HubModel,
  required: readonly string[],
  optional: readonly string[],
  folder: string,
  options: HubOptions = {},
): Promise<string[]> {
  const hub = connect(model, options);
  const located: Located[] = [];
  const missing: string[] = [];
  for (const file of [...required, ...optional]) {
    const info = await hub.locate(file);
    if (info) located.push([file, info]);
    else if (required.includes(file)) missing.push(file);
  }
  if (missing.length > 0) return missing;
  for (const one of located) await hub.save(one, folder);
  return [];
}

/** Whether the model has `file`. */
export async function isOnHub(
  model: HubModel,
  file: string,
  options: HubOptions = {},
): Promise<boolean> {
  return await connect(model, options).locate(file) !== null;
}

/** The two requests, with address, patience and explanations filled in. */
function connect(model: HubModel, options: HubOptions) {
  const hubUrl = (options.hubUrl ?? Deno.env.get("HF_ENDPOINT"))?.replace(/\/+$/, "");
  const patience = options.patience ?? 15_000;
  const accessToken = Deno.env.get("HF_TOKEN");
  const request = {
    repo: model.name,
    revision: model.revision,
    fetch: patientFetch(patience),
    ...(hubUrl ? { hubUrl } : {}),
    ...(accessToken ? { accessToken } : {}),
  };
  const explained = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      throw explain(error, model, hubUrl ?? "the Hugging Face hub");
    }
  };
  return {
    locate: (path: string) => explained(() => fileDownloadInfo({ ...request, path })),
    save: ([file, info]: Located, folder: string) =>
      explained(async () => {
        // Plain HTTP: the hub's own protocol would save time only for much larger files.
        const blob = await downloadFile({ ...request, path: file, downloadInfo: info, xet: false });
        const what = `fetching ${file}`;
        await writeStream(blob!.stream(), `${folder}/${file}`, patience, (done) =>
          options.progress?.({ what, done, total: info.size }));
        await checkFile(`${folder}/${file}`, info);
        options.progress?.({ what, done: info.size, total: info.size });
      }),
  };
}

/** `fetch` that gives up when no answer begins within `patience` milliseconds. */
function patientFetch(patience: number): typeof fetch {
  return async (input, init) => {
    const controller = new AbortController();
    const timer = setTimeout(
      () => controller.abort(new DOMException("it did not answer", "TimeoutError")),
      patience,
    );
    try {
      return await fetch(input, { ...init, signal: controller.signal });
    } finally {
      clearTimeout(timer);
    }
  };
}

async function writeStream(
  stream: ReadableStream<Uint8Array>,
  path: string,
  patience: number,
  report: (done: number) => void,
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  const reader = stream.getReader();
  let done = 0;
  let shown = performance.now();
  for (;;) {
    const piece = await withinPatience(reader, patience);
    if (piece === undefined) return;
    for (let at = 0; at < piece.length;) at += await file.write(piece.subarray(at));
    done += piece.length;
    if (performance.now() - shown > 250) {
      report(done);
      shown = performance.now();
    }
  }
}

async function withinPatience(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  patience: number,
): Promise<Uint8Array | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new DOMException("it stopped sending", "TimeoutError");
    timer = setTimeout(() => reject(error), patience);
  });
  try {
    return (await Promise.race([reader.read(), late])).value;
  } catch (error) {
    reader.cancel().catch(() => {}); // already failed: only the first reason counts
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function checkFile(path: string, info: FileDownloadInfoOutput): Promise<void> {
  const { size } = await Deno.stat(path);
  if (size !== info.size) {
    throw new HubUnreachable(`"${path}" broke off after ${size} of ${info.size} bytes.`);
  }
  // The hub's tag of a large file is its SHA-256; that of a small one is git's own hash.
  const sha256 = /^"?([0-9a-f]{64})"?$/.exec(info.etag)?.[1];
  if (sha256) await verifyFile(path, sha256);
}

function explain(error: unknown, model: HubModel, place: string): Error {
  if (error instanceof HubUnreachable) return error;
  if (error instanceof Deno.errors.NotCapable) {
    return new Error(
      `Cannot reach ${place}: this task may reach huggingface.co alone; for another hub, add its ` +
        `host to the task's in .deno/allow.ts (${error.message}).`,
      { cause: error },
    );
  }
  // The library reports a failing body as a text.
  const problem = error instanceof Error ? error : new TypeError(String(error));
  const status = (problem as { statusCode?: number }).statusCode;
  if (status === 401 || status === 403 || status === 404) {
    return new Error(
      `There is no model "${model.name}" at revision "${model.revision}" on ${place} that may be ` +
        `read (status ${status}); check the name, or set HF_TOKEN if the model is not public.`,
    );
  }
  if (status !== undefined || problem.name === "TimeoutError" || problem instanceof TypeError) {
    return new HubUnreachable(
      `Cannot reach ${place} (${status === undefined ? reason(problem) : `status ${status}`}).`,
    );
  }
  return problem;
}

/** The innermost cause says most: "Connection refused" rather than "fetch failed". */
function reason(error: Error): string {
  if (error.cause instanceof Error) return reason(error.cause);
  return error.message.slice(error.message.lastIndexOf(": ") + 1).trim();
}
