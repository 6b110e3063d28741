/**
 * Frames of ZMTP: how they are packed and read.
 *
 * The Deno kernel (2.9) writes to one connection from two places, and a message that the system
 * does not take in one piece is written in several: a status may come to lie in the middle of an
 * output of some megabytes. All parts of a message are JSON, which holds no byte of 1, so the
 * beginning of another message shows in it and can be taken out again.
 *
 * @module
 */

import { DELIMITER } from "./protocol.ts";

/** Takes exactly as many bytes as asked for from what arrives. */
export type Take = (length: number) => Promise<Uint8Array>;

/** A part of a message, or a command. */
export interface Frame {
  /** The sum of {@linkcode MORE} and {@linkcode COMMAND}, as they apply. */
  readonly flags: number;
  readonly body: Uint8Array;
}

/** Flag of a frame that another of the same message follows. */
export const MORE = 1;
/** Flag of a frame between the two sockets themselves. */
export const COMMAND = 4;
/** Flag of a frame whose length takes eight bytes. */
const LONG = 2;

/** What every message of the kernel starts with, topics it has none: a short frame, more follow. */
const START = Uint8Array.of(MORE, DELIMITER.length, ...new TextEncoder().encode(DELIMITER));

/**
 * The bytes of frames: flags, length in one byte or eight, body.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { packFrames } from "./frames.ts";
 *
 * assertEquals(packFrames([{ flags: 0, body: Uint8Array.of(7, 8) }]), Uint8Array.of(0, 2, 7, 8));
 * ```
 */
export function packFrames(frames: readonly Frame[]): Uint8Array {
  return concat(frames.flatMap(({ flags, body }) => {
    const long = body.length > 255;
    const head = new Uint8Array(long ? 9 : 2);
    head[0] = flags | (long ? LONG : 0);
    if (long) new DataView(head.buffer).setBigUint64(1, BigInt(body.length));
    else head[1] = body.length;
    return [head, body];
  }));
}

/**
 * Takes one frame; whole messages that were written in the middle of it are added to `strays`.
 *
 * @throws what `take` throws.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { packFrames, takeFrame } from "./frames.ts";
 *
 * const bytes = packFrames([{ flags: 0, body: Uint8Array.of(7, 8) }]);
 * let at = 0;
 * const take = (length: number) => Promise.resolve(bytes.slice(at, at += length));
 * assertEquals(await takeFrame(take, []), { flags: 0, body: Uint8Array.of(7, 8) });
 * ```
 */
export async function takeFrame(take: Take, strays: Uint8Array[][]): Promise<Frame> {
  const flags = (await take(1))[0]!;
  const head = await take(flags & LONG ? 8 : 1);
  const length = flags & LONG
    ? Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0))
    : head[0]!;
  let body = await take(length);
  for (let at = findStart(body); at >= 0; at = findStart(body, at)) {
    const rest = chain(body.subarray(at), take);
    strays.push(await takeMessage(rest, strays));
    body = concat([body.subarray(0, at), await rest(length - at)]);
  }
  return { flags: flags & ~LONG, body };
}

async function takeMessage(take: Take, strays: Uint8Array[][]): Promise<Uint8Array[]> {
  for (const frames: Uint8Array[] = [];;) {
    const { flags, body } = await takeFrame(take, strays);
    frames.push(body);
    if (!(flags & MORE)) return frames;
  }
}

function findStart(body: Uint8Array, from = 0): number {
  const begins = (at: number) => START.every((byte, i) => body[at + i] === byte);
  let at = body.indexOf(MORE, from);
  while (at >= 0 && !begins(at)) at = body.indexOf(MORE, at + 1);
  return at;
}

/** Takes from `bytes`, and from `then` once they are used up. */
function chain(bytes: Uint8Array, then: Take): Take {
  let left = bytes;
  return async (length) => {
    const taken = left.subarray(0, length);
    left = left.subarray(length);
    return taken.length === length ? taken : concat([taken, await then(length - taken.length)]);
  };
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
