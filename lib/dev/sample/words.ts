/**
 * The words of the small world that the sample data talks about: nouns with the kinds above them,
 * properties that exclude each other, places, times and actions. Nearly all of them are whole words
 * of the uncased BERT vocabulary.
 *
 * @module
 */

/** A noun, its plural and the kinds above it, nearest first ("puppy": "dog", "animal"). */
export interface Noun {
  readonly word: string;
  readonly plural: string;
  readonly kinds: readonly string[];
  /** Nouns of one set never name the same thing; nouns of two sets may. */
  readonly set: string;
}

/** A property; two properties of one scale exclude each other ("old", "young"). */
export interface Trait {
  readonly word: string;
  readonly scale: string;
}

/** A place; a scene has one, and it lies inside or outside. */
export interface SamplePlace {
  readonly phrase: string;
  readonly side: "inside" | "outside";
}

/** A time; two times of one clock exclude each other ("on Monday", "on Friday"). */
export interface Time {
  readonly phrase: string;
  readonly clock: "day" | "hour";
}

/** An action; nobody does two of them at a time. */
export interface Action {
  readonly base: string;
  readonly third: string;
  readonly past: string;
  readonly participle: string;
  readonly gerund: string;
  /** Objects the action takes; none for an action without object. */
  readonly things: readonly string[];
  /** Where it is done. */
  readonly places: readonly string[];
}

/** Each entry is "word plural kind kind ...", all of one set. */
function nouns(set: string, entries: string): Record<string, Noun> {
  return Object.fromEntries(
    entries.split(",").map((entry) => {
      const [word = "", plural = "", ...kinds] = entry.trim().split(" ");
      return [word, { word, plural, kinds, set }];
    }),
  );
}

/** Every noun of the world by its word. */
export const NOUNS: Readonly<Record<string, Noun>> = {
  ...nouns("kind", "person people, animal animals"),
  ...nouns(
    "human",
    "man men person, woman women person, child children person, " +
      "boy boys child person, girl girls child person",
  ),
  ...nouns(
    "job",
    "doctor doctors person, teacher teachers person, farmer farmers person, " +
      "soldier soldiers person, singer singers person, student students person, " +
      "nurse nurses person, artist artists person, pilot pilots person, cook cooks person, " +
      "officer officers person, judge judges person, mayor mayors person, driver drivers person, " +
      "guide guides person, tourist tourists person, writer writers person, " +
      "actor actors person, reporter reporters person, king kings person, queen queens person, " +
      "prince princes person, guard guards person, sailor sailors person, poet poets person, " +
      "scholar scholars person, editor editors person, neighbor neighbors person, " +
      "priest priests person, lawyer lawyers person",
  ),
  ...nouns(
    "name",
    "Anna Anna woman person, Maria Maria woman person, Emma Emma woman person, " +
      "Peter Peter man person, David David man person, Thomas Thomas man person",
  ),
  ...nouns("kin", "brother brothers person, sister sisters person, mother mothers person"),
  ...nouns(
    "species",
    "dog dogs animal, puppy puppies dog animal, cat cats animal, kitten kittens cat animal, " +
      "horse horses animal, cow cows animal, sheep sheep animal, goat goats animal, " +
      "bird birds animal, duck ducks bird animal, rabbit rabbits animal",
  ),
  ...nouns(
    "thing",
    "fruit fruit food, apple apples fruit food, banana bananas fruit food, " +
      "orange oranges fruit food, food food, bread bread food, cake cakes food, " +
      "sandwich sandwiches food, soup soup food, rice rice food, " +
      "instrument instruments, guitar guitars instrument, piano pianos instrument, " +
      "violin violins instrument, drum drums instrument, " +
      "vehicle vehicles, car cars vehicle, truck trucks vehicle, bus buses vehicle, " +
      "bicycle bicycles vehicle, motorcycle motorcycles vehicle, " +
      "book books, letter letters, newspaper newspapers, magazine magazines, " +
      "hat hats clothes, coat coats clothes, shirt shirts clothes, dress dresses clothes, " +
      "clothes clothes, box boxes, bag bags, basket baskets, cup cups, bottle bottles, " +
      "ball balls toy, doll dolls toy, toy toys, stone stones, " +
      "chair chairs furniture, table tables furniture, sofa sofas furniture, " +
      "furniture furniture, wall walls, door doors, fence fences, window windows, " +
      "floor floors, house houses, church churches, clock clocks, " +
      "bridge bridges, boat boats, roof roofs, " +
      "flower flowers plant, rose roses flower plant, tree trees plant, plant plants",
  ),
};

/** Nouns said with "some" in place of "a". */
export const MASS: ReadonlySet<string> = new Set([
  "food",
  "bread",
  "soup",
  "rice",
  "fruit",
  "clothes",
  "furniture",
]);

/** Properties by scale. */
export const SCALES: Readonly<Record<string, readonly string[]>> = {
  age: ["young", "old"],
  height: ["tall", "short"],
  mood: ["happy", "sad"],
  size: ["big", "small"],
  color: ["red", "blue", "green", "black", "white", "brown"],
  fur: ["black", "white", "brown"],
};

/** Scales that suit a noun, by its word, kind or set. */
export const SUITS: Readonly<Record<string, readonly string[]>> = {
  child: ["height", "mood"],
  job: ["age", "height"],
  human: ["age", "height", "mood"],
  species: ["size", "fur"],
  vehicle: ["size", "color"],
  clothes: ["color"],
  furniture: ["size", "color"],
  box: ["size", "color"],
  bag: ["size", "color"],
  basket: ["size"],
  cup: ["color"],
  bottle: ["size", "color"],
  ball: ["size", "color"],
  wall: ["color"],
  door: ["color"],
  fence: ["color"],
  house: ["size", "color"],
  boat: ["size", "color"],
  book: ["size", "color"],
  cake: ["size"],
  apple: ["size"],
  stone: ["size"],
  flower: ["size", "color"],
  tree: ["size"],
  church: ["size"],
  bridge: ["size"],
};

/** Other words for the same thing; a sentence draws one of the two. */
export const SYNONYMS: Readonly<Record<string, string>> = {
  big: "large",
  small: "little",
  happy: "cheerful",
  child: "kid",
  children: "kids",
  bicycle: "bike",
  sofa: "couch",
  stone: "rock",
  repair: "fix",
  repaired: "fixed",
  repairing: "fixing",
  buy: "purchase",
  bought: "purchased",
  buying: "purchasing",
  build: "construct",
  built: "constructed",
  building: "constructing",
};

const INSIDE = [
  "in the kitchen",
  "in the library",
  "in the bedroom",
  "in the office",
  "at school",
  "in the hospital",
  "in the restaurant",
  "in the hall",
  "in the store",
];
const OUTSIDE = [
  "in the park",
  "in the garden",
  "on the beach",
  "in the street",
  "in the forest",
  "in the field",
  "on the farm",
  "by the river",
  "at the market",
];

/** Every place by its phrase, and the two sides as places that the others lie in. */
export const PLACES: Readonly<Record<string, SamplePlace>> = Object.fromEntries([
  ["inside", { phrase: "inside", side: "inside" }],
  ["outside", { phrase: "outside", side: "outside" }],
  ...INSIDE.map((phrase) => [phrase, { phrase, side: "inside" }]),
  ...OUTSIDE.map((phrase) => [phrase, { phrase, side: "outside" }]),
]);

/** Every time. */
export const TIMES: readonly Time[] = [
  ...["on Monday", "on Tuesday", "on Friday", "on Saturday", "on Sunday"].map((phrase) => ({
    phrase,
    clock: "day" as const,
  })),
  ...["in the morning", "at noon", "in the evening", "at night"].map((phrase) => ({
    phrase,
    clock: "hour" as const,
  })),
];
