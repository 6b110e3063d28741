/** Notebooks with damage. */
import { assertEquals } from "@std/assert";
import { formatNotebook, parseNotebook } from "../../lib/jupyter/document.ts";
import { attempt, fuzz, type Kind } from "./fuzz.ts";
import { mutate } from "./mutate.ts";
import { anyJson } from "./structures.ts";

const fixtures = new URL("../fixtures/notebooks", import.meta.url).pathname;

export const kinds: Readonly<Record<string, Kind>> = {
  "notebooks": {
    count: 1000,
    open: async () => {
      const whole = await Deno.readFile(`${fixtures}/figure.ipynb`);
      return {
        input: async (random) => {
          const { bytes } = mutate(whole, random, anyJson);
          const text = new TextDecoder().decode(bytes);
          const file = "notebooks/01.ipynb";
          const notebook = await attempt([file], () => parseNotebook(text, file));
          const written = formatNotebook(notebook);
          assertEquals(formatNotebook(parseNotebook(written, file)), written);
        },
      };
    },
  },
};

fuzz(import.meta.url, kinds);
