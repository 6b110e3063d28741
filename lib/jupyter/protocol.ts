/**
 * Messages of the Jupyter protocol, version 5: how they are signed, packed and read.
 *
 * @module
 */

import { createHmac, timingSafeEqual } from "node:crypto";

/** What a kernel and its client tell each other. */
export interface Message {
  /** As execute_request, stream, display_data, status. */
  readonly type: string;
  readonly id: string;
  /** Id of the request that this message belongs to; empty where there is none. */
  readonly parent: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Ports, and the key that messages are signed with: the content of a connection file. */
export interface Connection {
  readonly transport: "tcp";
  readonly ip: "127.0.0.1";
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
  readonly signature_scheme: "hmac-sha256";
  readonly key: string;
}

/** The frame that a message proper starts with. */
export const DELIMITER = "<IDS|MSG>";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The frames of a request: delimiter, signature, header, parent, metadata, content.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { packMessage, readMessage } from "./protocol.ts";
 *
 * const { id, frames } = packMessage("execute_request", { code: "1 + 1" }, { key: "k", session: "s" });
 * const message = readMessage(frames, "k");
 * assertEquals(message, { type: "execute_request", id, parent: "", content: { code: "1 + 1" } });
 * ```
 */
export function packMessage(
  type: string,
  content: Readonly<Record<string, unknown>>,
  { key, session }: { readonly key: string; readonly session: string },
): { readonly id: string; readonly frames: Uint8Array[] } {
  const id = crypto.randomUUID();
  const header = {
    msg_id: id,
    msg_type: type,
    session,
    username: "",
    version: "5.3",
    date: new Date().toISOString(),
  };
  const parts = [header, {}, {}, content].map((part) => encoder.encode(JSON.stringify(part)));
  const signature = encoder.encode(sign(parts, key));
  return { id, frames: [encoder.encode(DELIMITER), signature, ...parts] };
}

/**
 * Reads the frames of a message; those before the delimiter, as a topic, are passed over.
 *
 * @throws where frames are missing, hold no JSON, or are not signed with `key`.
 *
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { packMessage, readMessage } from "./protocol.ts";
 *
 * const { frames } = packMessage("status", {}, { key: "one", session: "s" });
 * assertThrows(() => readMessage(frames, "another"), Error, "signed with another key");
 * ```
 */
export function readMessage(frames: readonly Uint8Array[], key: string): Message {
  const start = frames.findIndex((frame) =>
    frame.length === DELIMITER.length && decoder.decode(frame) === DELIMITER
  );
  const [signature, ...parts] = frames.slice(start + 1, start + 6);
  if (start < 0 || signature === undefined || parts.length < 4) {
    throw new Error(`A message of the kernel has ${frames.length} frames, expected at least 6.`);
  }
  const expected = encoder.encode(sign(parts, key));
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    throw new Error("A message of the kernel is signed with another key: it is not answered.");
  }
  const [header, parent, , content] = parts.map((part) => JSON.parse(decoder.decode(part)));
  return { type: header.msg_type, id: header.msg_id, parent: parent.msg_id ?? "", content };
}

function sign(parts: readonly Uint8Array[], key: string): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}
