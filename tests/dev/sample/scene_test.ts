import { assert, assertEquals, assertThrows } from "@std/assert";
import { createRandom } from "../../../lib/base/random.ts";
import {
  drawScene,
  infer,
  noun,
  relateNouns,
  type Scene,
  traitsOf,
} from "../../../lib/dev/sample/scene.ts";
import { CAPTION, MATCHED } from "../../../lib/dev/sample/styles.ts";
import { NOUNS, PLACES, SUITS } from "../../../lib/dev/sample/words.ts";

const place = (phrase: string) => ({ place: PLACES[phrase]! });

Deno.test("infer() follows kinds upwards only", () => {
  const relations = [
    ["puppy", "animal", "entails"],
    ["animal", "puppy", "open"],
    ["puppy", "kitten", "excludes"],
    ["doctor", "man", "open"],
    ["doctor", "nurse", "excludes"],
    ["Anna", "woman", "entails"],
    ["Anna", "man", "excludes"],
    ["boy", "child", "entails"],
    ["man", "child", "excludes"],
    ["dog", "person", "excludes"],
    ["apple", "food", "entails"],
  ] as const;
  for (const [said, asked, relation] of relations) {
    assertEquals([said, asked, relateNouns(noun(said), noun(asked))], [said, asked, relation]);
  }
});

Deno.test("infer() calls a pair neutral only where nothing excludes it", () => {
  const man: Scene = { who: noun("man"), ...place("in the park") };
  assertEquals(infer(man, { who: noun("man"), ...place("outside") }), "entailment");
  assertEquals(infer(man, { who: noun("man"), ...place("inside") }), "contradiction");
  assertEquals(infer({ who: noun("man") }, man), "neutral");
  assertEquals(infer({ ...man, ...place("outside") }, man), "neutral");
  const woman = { who: noun("woman"), trait: { word: "old", scale: "age" } };
  assertEquals(infer(man, woman), "contradiction");
});

Deno.test("drawn scenes do what their tables allow, where it is done", () => {
  const random = createRandom(3);
  for (const style of [CAPTION, MATCHED["fiction"]!]) {
    for (let i = 0; i < 200; i++) {
      const { who, trait, action, thing, look, place, time } = drawScene(random, style.cast);
      assert(action!.places.includes(place!.phrase));
      assert(thing ? action!.things.includes(thing.word) : action!.things.length === 0);
      if (trait) assert(traitsOf(who).some(({ word }) => word === trait.word));
      if (look) assert(traitsOf(thing!).some(({ word }) => word === look.word));
      assertEquals(time !== undefined, style.cast.timed);
    }
  }
});

Deno.test("every kind that a noun names is a noun, and every suiting scale finds its noun", () => {
  for (const { kinds } of Object.values(NOUNS)) kinds.forEach(noun);
  const keys = new Set(
    Object.values(NOUNS).flatMap(({ word, kinds, set }) => [word, ...kinds, set]),
  );
  assertEquals(Object.keys(SUITS).filter((key) => !keys.has(key)), []);
});

Deno.test("noun() names the word that the world lacks", () => {
  assertThrows(() => noun("dragon"), Error, 'no noun "dragon"');
});
