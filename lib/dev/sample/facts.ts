/**
 * What the small world knows of nature, for the SciTail rows: kinds with what is true of all their
 * members, and members with what is true of them alone.
 *
 * @module
 */

/** What sort of fact it is; each sort has its own ways to be said (science.ts). */
export type FactRelation = "eat" | "home" | "have" | "can" | "use" | "look";

/** One fact: "whales", "home", "the ocean". */
export interface Fact {
  readonly subject: string;
  readonly relation: FactRelation;
  readonly value: string;
}

/** A kind, whether its members are spoken of in the plural, and its facts. */
export interface FactKind {
  readonly kind: string;
  readonly plural: boolean;
  readonly facts: readonly Fact[];
  readonly members: ReadonlyMap<string, readonly Fact[]>;
}

/** "can breathe air; have a backbone" as facts of a subject. */
function factsOf(subject: string, text: string): Fact[] {
  return text.split(";").map((fact) => {
    const [relation = "", ...value] = fact.trim().split(" ");
    return { subject, relation: relation as FactRelation, value: value.join(" ") };
  });
}

/** A first line "kind: facts", then one line "member: facts" each. */
function kind(plural: boolean, text: string): FactKind {
  const lines = text.trim().split("\n").map((line) => line.trim().split(": "));
  const [[name = "", facts = ""] = [], ...members] = lines;
  return {
    kind: name,
    plural,
    facts: factsOf(name, facts),
    members: new Map(members.map(([it = "", said = ""]) => [it, factsOf(it, said)])),
  };
}

/** Everything that is known. */
export const KNOWLEDGE: readonly FactKind[] = [
  kind(
    true,
    `mammals: can breathe air; can feed milk to their young; have a warm body; have a backbone
    whales: home the ocean; eat small fish; look very large
    bats: home dark caves; eat insects; can fly at night
    wolves: home the forest; eat deer; can hunt in groups
    lions: home open grass land; eat other animals; have sharp teeth
    rabbits: home holes in the ground; eat grass; have long ears
    elephants: home hot countries; eat leaves; have a long nose
    bears: home the mountains; eat fish and fruit; can sleep all winter
    mice: home the fields; eat seeds; look very small`,
  ),
  kind(
    true,
    `birds: can lay eggs; can build nests; have feathers; have two wings
    eagles: home high rocks; eat small animals; have very good eyes
    owls: home old trees; eat mice; can hunt at night
    ducks: home lakes and ponds; eat water plants; have flat feet
    penguins: home cold coasts; eat fish; can swim very well
    chickens: home farms; eat corn; look brown or white`,
  ),
  kind(
    true,
    `fish: can breathe under water; can swim; have fins
    sharks: home warm seas; eat other fish; have many teeth
    salmon: home rivers and seas; eat small animals; can jump over rocks
    trout: home cold streams; eat flies; look brown`,
  ),
  kind(
    true,
    `insects: have six legs; can grow from eggs; have three body parts
    bees: home wooden boxes; eat honey; can carry pollen
    ants: home tunnels in the ground; eat sugar; can lift heavy things
    butterflies: home gardens; eat sweet juice; have bright wings
    beetles: home dead wood; eat leaves and wood; have a hard shell`,
  ),
  kind(
    true,
    `reptiles: have dry skin; can lay eggs on land; can rest in the sun
    snakes: home the desert; eat rats; look long and thin
    turtles: home warm seas; eat soft plants; have a heavy shell
    lizards: home warm stones; eat flies and ants; have a long tail`,
  ),
  kind(
    false,
    `metals: can carry heat; can carry electricity; look hard and bright
    copper: use making wires; look red; can turn green in the rain
    iron: use making steel; look gray; can turn brown in wet air
    gold: use making rings; look yellow; home the sand of rivers
    silver: use making coins; look white; can turn black with time
    lead: use making batteries; look dark; can stop strong radiation`,
  ),
  kind(
    false,
    `gases: can fill any space; can become a liquid; look lighter than water
    oxygen: use breathing; can help things burn; home the air
    hydrogen: use driving rockets; can burn very fast; home the stars
    helium: use filling balloons; can make voices high; home the sun
    steam: use driving engines; can burn the skin; home hot springs`,
  ),
  kind(
    false,
    `planets: can move around the sun; can reflect light; look round
    Mars: look red; have two small moons; have dry ground
    Jupiter: look larger than all the others; have a great storm; can turn very quickly
    Saturn: have wide rings; look yellow; have many moons
    Venus: look very hot; have thick clouds; can turn very slowly
    Earth: have one moon; have much water; look blue`,
  ),
];
