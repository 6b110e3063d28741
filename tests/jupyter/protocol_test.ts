import { assertEquals, assertThrows } from "@std/assert";
import { packMessage, readMessage } from "../../lib/jupyter/protocol.ts";

const session = { key: "secret", session: "s" };

Deno.test("a message is signed over header, parent, metadata and content", () => {
  const { frames } = packMessage("execute_request", { code: "1" }, session);
  assertEquals(frames.length, 6);
  for (const i of [2, 3, 4, 5]) {
    const changed = frames.map((frame, at) => at === i ? Uint8Array.of(...frame, 32) : frame);
    assertThrows(() => readMessage(changed, "secret"), Error, "signed with another key");
  }
});

Deno.test("a topic before the delimiter and buffers after the content are passed over", () => {
  const { id, frames } = packMessage("stream", { text: "ä" }, session);
  const message = readMessage([Uint8Array.of(1, 2), ...frames, Uint8Array.of(3)], "secret");
  assertEquals(message, { type: "stream", id, parent: "", content: { text: "ä" } });
});

Deno.test("a message without all its frames is refused", () => {
  const { frames } = packMessage("stream", {}, session);
  for (const some of [[], frames.slice(1), frames.slice(0, 5)]) {
    assertThrows(() => readMessage(some, "secret"), Error, "expected at least 6");
  }
});
