/**
 * Sentence pairs that say the same, nearly the same, or something else: MRPC and STS-B.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { chance, pick } from "./draw.ts";
import { say } from "./grammar.ts";
import { type Cast, drawScene, infer, relateNouns, type Scene } from "./scene.ts";
import { change, type Probe } from "./probes.ts";
import type { SampleRow } from "./rows.ts";
import { ANIMAL_CAPTION, CAPTION, MATCHED, MISMATCHED } from "./styles.ts";

/** The scene with one field changed so that both cannot hold. */
function contradict(random: Random, scene: Scene, field: Probe, cast: Cast): Scene {
  while (true) {
    const changed = change(random, scene, field, cast);
    if (infer(changed, scene) === "contradiction") return changed;
  }
}

const SPEAKERS = ["police said", "officials said", "the paper reported", "a witness said"];

/** Official MRPC text has its punctuation split off. */
const spaced = (text: string) => text.replace(/([,.])/g, " $1").replace(/ +/g, " ");

function news(random: Random, scene: Scene): string {
  const text = say(random, scene, { tense: "past", article: "the", synonyms: 0.5 });
  if (chance(random, 0.6)) return spaced(text);
  return spaced(`${text.slice(0, -1)}, ${pick(random, SPEAKERS)}.`);
}

/**
 * One MRPC row: two reports of one scene, or of two that differ in one fact.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { mrpc } from "./paraphrase.ts";
 * mrpc(createRandom(1))[0]?.label; // "1" or "0"
 * ```
 */
export function mrpc(random: Random): SampleRow[] {
  const style = pick(random, Object.values({ ...MATCHED, ...MISMATCHED }));
  const cast = {
    ...style.cast,
    many: 0,
    actions: style.cast.actions.filter((it) => it.things.length > 1),
  };
  const { trait: _trait, ...scene } = drawScene(random, cast);
  const same = chance(random, 0.675);
  const fields = (["thing", "place", "time", "action"] as const).filter((field) => scene[field]);
  const other = same ? scene : contradict(random, scene, pick(random, fields), cast);
  const [first, second] = [news(random, scene), news(random, other)];
  if (first === second) return mrpc(random);
  return [{ first, second, label: same ? "1" : "0", note: "" }];
}

/** What a field weighs in the score, and what two different values of it still share. */
function shares(a: Scene, b: Scene): readonly (readonly [weight: number, shared: number])[] {
  const nouns = (x: Scene["who"] | undefined, y: Scene["who"] | undefined) => {
    if (x?.word === y?.word) return 1;
    if (!x || !y) return 0;
    if (relateNouns(x, y) === "entails" || relateNouns(y, x) === "entails") return 0.7;
    return x.kinds.some((kind) => y.kinds.includes(kind)) ? 0.3 : 0;
  };
  const words = (x: string | undefined, y: string | undefined) =>
    x === y ? 1 : x === undefined || y === undefined ? 0.4 : 0;
  const said = (...values: unknown[]) => values.some((value) => value !== undefined) ? 1 : 0;
  return [
    [1.25, nouns(a.who, b.who)],
    [1.25, words(a.action?.base, b.action?.base)],
    [said(a.thing, b.thing), nouns(a.thing, b.thing)],
    [said(a.place, b.place), words(a.place?.phrase, b.place?.phrase)],
    [0.5 * said(a.trait, b.trait), words(a.trait?.word, b.trait?.word)],
    [0.5 * said(a.look, b.look), words(a.look?.word, b.look?.word)],
    [0.5 * said(a.count, b.count), words(a.count, b.count)],
  ];
}

/**
 * The score of two scenes, 0 to 5: the weighted share of fields that agree. Nouns under one kind
 * agree in part, and so does a place or a property that only one of the two says.
 *
 * @example
 * ```ts
 * import { similarity } from "./paraphrase.ts";
 * import { noun } from "./scene.ts";
 * similarity({ who: noun("dog") }, { who: noun("dog") }); // 5
 * ```
 */
export function similarity(a: Scene, b: Scene): number {
  const fields = shares(a, b);
  const total = fields.reduce((sum, [weight]) => sum + weight, 0);
  const agreed = fields.reduce((sum, [weight, shared]) => sum + weight * shared, 0);
  return 5 * agreed / total;
}

/** Leaves out each detail with chance 0.4. */
function trim(random: Random, scene: Scene): Scene {
  const details: readonly string[] = ["trait", "look", "place"];
  const kept = Object.entries(scene).filter(([key]) =>
    !details.includes(key) || chance(random, 0.6)
  );
  return Object.fromEntries(kept) as unknown as Scene;
}

/** How far the second scene goes from the first, from none of it kept to all of it. */
function vary(random: Random, scene: Scene, cast: Cast, steps: number): Scene {
  const anybody = pick(random, [CAPTION, ANIMAL_CAPTION]).cast;
  if (steps >= 4) return drawScene(random, anybody);
  const fields: Probe[] = ["trait", "look", "place", "thing", "who", "action"];
  let varied = scene;
  for (const field of random.shuffle(fields.filter((it) => scene[it])).slice(0, steps)) {
    if (varied[field]) varied = change(random, varied, field, cast);
  }
  return varied;
}

/**
 * One STS-B row: two captions and a score that counts what they share.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { stsb } from "./paraphrase.ts";
 * stsb(createRandom(1))[0]?.label; // such as "3.750"
 * ```
 */
export function stsb(random: Random): SampleRow[] {
  const { cast } = chance(random, 0.35) ? ANIMAL_CAPTION : CAPTION;
  const scene = trim(random, drawScene(random, cast));
  const steps = pick(random, [0, 0, 1, 1, 2, 3, 4, 4]);
  const other = vary(random, scene, cast, steps);
  const second = steps === 0 && chance(random, 0.5) ? scene : trim(random, other);
  const texts = [scene, second].map((it) => say(random, it, { tense: "now", synonyms: 0.4 }));
  const [one, two] = texts as [string, string];
  if (one === two) return stsb(random);
  return [{ first: one, second: two, label: similarity(scene, second).toFixed(3), note: "" }];
}
