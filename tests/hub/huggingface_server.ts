/** A small server with the hub's addresses and headers, on this machine. */

import { createHash } from "node:crypto";

/** What the server holds and how it behaves. */
export interface Hub {
  readonly url: string;
  /** Requests so far, as "GET /owner/name/resolve/main/config.json". */
  readonly requests: string[];
  readonly close: () => Promise<void>;
}

/** How one file misbehaves. */
export type Fault = "break off" | "stall" | "stay silent" | "be busy" | "wrong checksum";

/**
 * Serves `files` of one model; the large ones (from 1,000 bytes) from another path, through a
 * redirect, with their SHA-256 in the header, as the hub does.
 */
export function serveHub(
  model: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  faults: Readonly<Record<string, Fault>> = {},
  revision = "main",
): Hub {
  const requests: string[] = [];
  const stop = new AbortController();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {}, signal: stop.signal },
    (request) => {
      const { pathname } = new URL(request.url);
      requests.push(`${request.method} ${pathname}`);
      const path = /^\/(?:cdn|([\w./-]+)\/resolve\/([^/]+))\/([\w.-]+)$/.exec(pathname);
      const file = path?.[3] ?? "";
      if (!path || (path[1] && (path[1] !== model || path[2] !== revision))) {
        return new Response("Repository not found", { status: 401 });
      }
      if (!(file in files)) {
        return new Response("Entry not found", {
          status: 404,
          headers: { "X-Error-Code": "EntryNotFound" },
        });
      }
      const content = files[file]!;
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      return answer(request, file, bytes, faults[file], path[1] === undefined);
    },
  );
  const { port } = server.addr;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      stop.abort();
      await server.finished;
    },
  };
}

async function answer(
  request: Request,
  file: string,
  bytes: Uint8Array,
  fault: Fault | undefined,
  fromStore: boolean,
): Promise<Response> {
  if (fault === "stay silent") await new Promise((resolve) => setTimeout(resolve, 1000));
  if (fault === "be busy") return new Response("busy", { status: 503 });
  const large = bytes.length >= 1000;
  const tag = createHash(large ? "sha256" : "sha1").update(bytes).digest("hex");
  const told = fault === "wrong checksum" ? "0".repeat(64) : tag;
  const headers = { "ETag": `"${told}"`, "X-Linked-ETag": `"${told}"` };
  if (request.headers.get("range") === "bytes=0-0") {
    return new Response(bytes.slice(0, 1), {
      status: 206,
      headers: { ...headers, "Content-Range": `bytes 0-0/${bytes.length}` },
    });
  }
  if (large && !fromStore) {
    return new Response(null, { status: 302, headers: { ...headers, Location: `/cdn/${file}` } });
  }
  const rest = fault === "break off" || fault === "stall" ? half(bytes, fault) : bytes.slice();
  return new Response(rest, { headers });
}

/** Sends half, then breaks off or says nothing more. */
function half(bytes: Uint8Array, fault: Fault): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    async pull(controller) {
      if (!sent) controller.enqueue(bytes.slice(0, bytes.length / 2));
      else if (fault === "stall") await new Promise((resolve) => setTimeout(resolve, 1000));
      if (sent) controller.close();
      sent = true;
    },
  });
}
