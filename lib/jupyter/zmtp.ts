/**
 * Sockets of ZeroMQ in its wire protocol, ZMTP 3.0 without encryption, over TCP to this machine.
 *
 * Only what a client of a notebook kernel needs: a DEALER that sends requests and reads replies,
 * and a SUB that hears everything that is published. The npm package zeromq installs and runs, but
 * under Deno 2.9 it misses wake-ups of its native part: about every 500th reply arrives only when
 * the next request is sent, which is never when a notebook waits for that reply.
 *
 * @module
 */

import { COMMAND, type Frame, MORE, packFrames, type Take, takeFrame } from "./frames.ts";

/** What a socket is for: DEALER asks and is answered, SUB listens. */
export type SocketType = "DEALER" | "SUB";

/** One end of a connection; {@linkcode openSocket} opens it, `close` ends it. */
export interface Socket {
  /** Sends one message of one or more frames, after those sent before. */
  send(frames: readonly Uint8Array[]): Promise<void>;
  /** The messages that arrive; it ends when the connection does. */
  messages(): AsyncGenerator<Uint8Array[]>;
  close(): void;
}

const GREETING = 64;
const MECHANISM = 12;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Connects to a port of this machine and shakes hands; a SUB subscribes to everything.
 *
 * Throws a Deno.errors.ConnectionRefused where nobody listens there, and an Error where the other
 * side speaks something else.
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { openSocket } from "./zmtp.ts";
 *
 * const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const opening = openSocket(listener.addr.port, "DEALER");
 * using other = await listener.accept();
 * await other.write(new Uint8Array(64));
 * await assertRejects(() => opening, Error, "expected ZeroMQ's protocol, version 3");
 * listener.close();
 * ```
 */
export async function openSocket(port: number, type: SocketType): Promise<Socket> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    const take = createReader(connection);
    await writeAll(connection, greeting());
    checkGreeting(await take(GREETING), port);
    await writeAll(connection, packFrames([{ flags: COMMAND, body: ready(type) }]));
    const { flags, body } = await takeFrame(take, []);
    if (!(flags & COMMAND) || nameOf(body) !== "READY") {
      throw new Error(`Port ${port} answered "${nameOf(body)}", expected READY.`);
    }
    const subscribe = Uint8Array.of(1); // and no prefix: to every topic
    if (type === "SUB") await writeAll(connection, packFrames([{ flags: 0, body: subscribe }]));
    return createSocket(connection, take);
  } catch (error) {
    connection.close();
    throw error;
  }
}

function createSocket(connection: Deno.Conn, take: Take): Socket {
  let sent: Promise<void> = Promise.resolve();
  let closed = false;
  const write = (frames: readonly Frame[]) => {
    sent = sent.catch(() => {}).then(() => writeAll(connection, packFrames(frames)));
    return sent;
  };
  return {
    send: (frames) =>
      write(frames.map((body, i) => ({ flags: i < frames.length - 1 ? MORE : 0, body }))),
    messages: async function* () {
      const strays: Uint8Array[][] = [];
      for (let frames: Uint8Array[] = [];;) {
        const frame = await takeFrame(take, strays).catch((error) => {
          // A kernel that ends takes its sockets with it; whoever waits asks the process why.
          if (closed || isEnd(error)) return null;
          throw error;
        });
        if (frame === null) return;
        if (frame.flags & COMMAND) {
          // A PING is its name, two bytes of time to live, and what the PONG has to repeat.
          if (nameOf(frame.body) !== "PING") continue;
          await write([{ flags: COMMAND, body: command("PONG", frame.body.subarray(7)) }]);
          continue;
        }
        frames.push(frame.body);
        if (frame.flags & MORE) continue;
        yield frames;
        yield* strays.splice(0);
        frames = [];
      }
    },
    close: () => {
      if (!closed) connection.close();
      closed = true;
    },
  };
}

function isEnd(error: unknown): boolean {
  return error instanceof Deno.errors.UnexpectedEof || error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.Interrupted;
}

/** Signature, version 3.0, mechanism NULL, and zeros. */
function greeting(): Uint8Array {
  const bytes = new Uint8Array(GREETING);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]);
  bytes.set(encoder.encode("NULL"), MECHANISM);
  return bytes;
}

function checkGreeting(bytes: Uint8Array, port: number): void {
  const mechanism = decoder.decode(bytes.subarray(MECHANISM, MECHANISM + 5));
  if (bytes[0] === 0xff && bytes[9] === 0x7f && bytes[10]! >= 3 && mechanism === "NULL\0") return;
  throw new Error(`Port ${port} speaks something else, expected ZeroMQ's protocol, version 3.`);
}

function command(name: string, data: Uint8Array): Uint8Array {
  const bytes = encoder.encode(name);
  return Uint8Array.of(bytes.length, ...bytes, ...data);
}

function ready(type: SocketType): Uint8Array {
  const name = encoder.encode("Socket-Type");
  const value = encoder.encode(type);
  const data = [name.length, ...name, 0, 0, 0, value.length, ...value];
  return command("READY", Uint8Array.from(data));
}

function nameOf(body: Uint8Array): string {
  return decoder.decode(body.subarray(1, 1 + (body[0] ?? 0)));
}

/** Reads exactly as many bytes as asked for; short frames come from a buffer. */
function createReader(connection: Deno.Conn): Take {
  const buffer = new Uint8Array(2 ** 16);
  let [start, end] = [0, 0];
  const read = async (into: Uint8Array) => {
    const count = await connection.read(into);
    if (count === null) throw new Deno.errors.UnexpectedEof("the connection ended");
    return count;
  };
  return async (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      if (start === end && length - at >= buffer.length) {
        at += await read(bytes.subarray(at));
        continue;
      }
      if (start === end) [start, end] = [0, await read(buffer)];
      const count = Math.min(end - start, length - at);
      bytes.set(buffer.subarray(start, start + count), at);
      start += count;
      at += count;
    }
    return bytes;
  };
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}
