import { assertEquals, assertRejects } from "@std/assert";
import { packFrames } from "../../lib/jupyter/frames.ts";
import { openSocket, type Socket } from "../../lib/jupyter/zmtp.ts";

const greeting = new Uint8Array(64);
greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1, 78, 85, 76, 76]);
const ascii = (text: string) => new TextEncoder().encode(text);
const READY = Uint8Array.of(4, 6, 5, ...ascii("READY"));

/** The other side of a socket, byte by byte. */
class Peer {
  constructor(readonly connection: Deno.Conn) {}

  async take(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) at += (await this.connection.read(bytes.subarray(at)))!;
    return bytes;
  }

  /** In pieces of `step` bytes, so that nothing arrives whole. */
  async give(bytes: Uint8Array, step = 50_000): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += await this.connection.write(bytes.subarray(at, at + step));
    }
  }
}

async function inConversation(
  type: "DEALER" | "SUB",
  use: (socket: Socket, peer: Peer) => Promise<void>,
): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const opening = openSocket(listener.addr.port, type);
  using connection = await listener.accept();
  const peer = new Peer(connection);
  assertEquals((await peer.take(64)).subarray(0, 16), greeting.slice(0, 16).with(11, 0));
  await peer.give(greeting);
  const property = [11, ...ascii("Socket-Type"), 0, 0, 0, type.length, ...ascii(type)];
  const body = [5, ...ascii("READY"), ...property];
  assertEquals([...await peer.take(2 + body.length)], [4, body.length, ...body]);
  await peer.give(READY, 3);
  const socket = await opening;
  try {
    await use(socket, peer);
  } finally {
    socket.close();
  }
}

Deno.test("messages of short and long frames arrive whole, however they were cut", async () => {
  await inConversation("DEALER", async (socket, peer) => {
    const long = new Uint8Array(200_000).map((_, i) => i);
    const bytes = [0, 0, 0, 0, 0, 3, 13, 64];
    await peer.give(Uint8Array.of(1, 2, 8, 9, 1, 0, 2, ...bytes), 1);
    await peer.give(long);
    await peer.give(Uint8Array.of(0, 1, 7), 1);
    const messages = socket.messages();
    assertEquals((await messages.next()).value, [Uint8Array.of(8, 9), new Uint8Array(0), long]);
    assertEquals((await messages.next()).value, [Uint8Array.of(7)]);
  });
});

Deno.test("a message written in the middle of another is taken out of it", async () => {
  await inConversation("SUB", async (socket, peer) => {
    await peer.take(3);
    const message = (text: string) => [ascii("<IDS|MSG>"), ascii(text.padEnd(300, "."))];
    const pack = (frames: Uint8Array[]) =>
      packFrames(frames.map((body, i) => ({ flags: i < frames.length - 1 ? 1 : 0, body })));
    const [stream, busy, idle] = ["stream", "busy", "idle"].map(message) as [
      ...[Uint8Array[], Uint8Array[], Uint8Array[]],
    ];
    const bytes = pack(stream);
    // Whole messages at once, one in another, and one that reaches over the other's end.
    for (const at of [30, 100, bytes.length - 11]) {
      await peer.give(bytes.subarray(0, at));
      await peer.give(pack(busy).subarray(0, 200));
      await peer.give(pack(idle));
      await peer.give(pack(busy).subarray(200));
      await peer.give(pack(idle));
      await peer.give(bytes.subarray(at));
      const messages = socket.messages();
      const four: unknown[] = [];
      for (let i = 0; i < 4; i++) four.push((await messages.next()).value);
      assertEquals(four, [stream, idle, busy, idle]);
    }
  });
});

Deno.test("sent messages keep their order and their frames", async () => {
  await inConversation("DEALER", async (socket, peer) => {
    const long = new Uint8Array(300).fill(5);
    await Promise.all([socket.send([ascii("a"), long]), socket.send([ascii("b")])]);
    const expected = [1, 1, 97, 2, 0, 0, 0, 0, 0, 0, 1, 44, ...long, 0, 1, 98];
    assertEquals([...await peer.take(expected.length)], expected);
  });
});

Deno.test("a SUB subscribes to everything", async () => {
  await inConversation("SUB", async (_, peer) => {
    assertEquals([...await peer.take(3)], [0, 1, 1]);
  });
});

Deno.test("a PING is answered, also between the frames of a message", async () => {
  await inConversation("DEALER", async (socket, peer) => {
    const ping = [4, 9, 4, ...ascii("PING"), 0, 10, 1, 2];
    await peer.give(Uint8Array.of(1, 1, 65, ...ping, 0, 1, 66));
    assertEquals((await socket.messages().next()).value, [ascii("A"), ascii("B")]);
    assertEquals([...await peer.take(9)], [4, 7, 4, ...ascii("PONG"), 1, 2]);
  });
});

Deno.test("messages end where either side closes", async () => {
  await inConversation("DEALER", async (socket, peer) => {
    peer.connection.close();
    assertEquals(await Array.fromAsync(socket.messages()), []);
  }).catch((error) => {
    if (!(error instanceof Deno.errors.BadResource)) throw error; // closed twice, on purpose
  });
  await inConversation("SUB", async (socket) => {
    const all = Array.fromAsync(socket.messages());
    socket.close();
    assertEquals(await all, []);
  });
});

Deno.test("a port that speaks something else is refused", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const opening = openSocket(listener.addr.port, "DEALER");
  using connection = await listener.accept();
  await connection.write(ascii("HTTP/1.1 400 Bad Request\r\n".padEnd(64)));
  await assertRejects(() => opening, Error, "speaks something else, expected ZeroMQ's protocol");
});
