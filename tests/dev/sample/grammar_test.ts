import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../../../lib/base/random.ts";
import { ANIMAL_ACTIONS, HUMAN_ACTIONS } from "../../../lib/dev/sample/actions.ts";
import { say, sayLook, withArticle, withOpening } from "../../../lib/dev/sample/grammar.ts";
import { noun, type Scene } from "../../../lib/dev/sample/scene.ts";
import { PLACES } from "../../../lib/dev/sample/words.ts";

const eat = HUMAN_ACTIONS.find(({ base }) => base === "eat")!;
const scene: Scene = {
  who: noun("woman"),
  action: eat,
  thing: noun("apple"),
  look: { word: "small", scale: "size" },
  place: PLACES["in the park"]!,
};

/** Every way in which a scene is said. */
function ways(it: Scene, manner: Parameters<typeof say>[2]): Set<string> {
  const random = createRandom(1);
  return new Set(Array.from({ length: 300 }, () => say(random, it, { synonyms: 0, ...manner })));
}

Deno.test("say() writes active, passive and other orders of one scene", () => {
  const past = ways(scene, { tense: "past", article: "the" });
  assert(past.has("The woman ate a small apple in the park."));
  assert(past.has("In the park, the woman ate a small apple."));
  assert(past.has("A small apple was eaten by the woman in the park."));
  const now = ways(scene, { tense: "now" });
  assert(now.has("A woman is eating a small apple in the park."));
  assert(now.has("There is a woman eating a small apple in the park."));
  assert(now.has("A small apple is being eaten by a woman in the park."));
});

Deno.test("say() agrees in number and negates with the right verb", () => {
  const sleep = ANIMAL_ACTIONS.find(({ base }) => base === "sleep")!;
  const dogs: Scene = { who: noun("dog"), count: "two", action: sleep };
  assert(ways(dogs, { tense: "now" }).has("Two dogs are sleeping."));
  const { look: _look, place: _place, ...plain } = scene;
  const denied = ways(plain, { tense: "past", article: "the", negated: true, passive: false });
  assert(denied.has("The woman did not eat an apple."));
  assert(
    ways(dogs, { tense: "now", article: "the", negated: true }).has(
      "The two dogs are not sleeping.",
    ),
  );
});

Deno.test("say() says a place, a property or a presence where nothing is done", () => {
  const who = noun("man");
  assertEquals(
    ways({ who, place: PLACES["at school"]! }, { tense: "past", article: "the" }),
    new Set(["The man was at school."]),
  );
  assertEquals(
    ways({ who, trait: { word: "old", scale: "age" } }, { tense: "now" }),
    new Set(["The man is old."]),
  );
  assertEquals(ways({ who }, { tense: "now" }), new Set(["There is a man."]));
});

Deno.test("synonyms change words and nothing else", () => {
  const random = createRandom(2);
  const said = new Set(
    Array.from({ length: 50 }, () => sayLook(random, scene, { tense: "now", synonyms: 0.5 })),
  );
  assertEquals(said, new Set(["The apple is small.", "The apple is little."]));
});

Deno.test("articles and openings fit the word that follows", () => {
  assertEquals([withArticle("old man"), withArticle("man")], ["an old man", "a man"]);
  const random = createRandom(5);
  const opened = (text: string) =>
    new Set(Array.from({ length: 40 }, () => withOpening(random, text, ["Well,"])));
  assertEquals(opened("The man sang."), new Set(["The man sang.", "Well, the man sang."]));
  assertEquals(opened("Anna sang."), new Set(["Anna sang.", "Well, Anna sang."]));
});
