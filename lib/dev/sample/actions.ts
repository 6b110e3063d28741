/**
 * What people and animals of the small world do, to what, and where.
 *
 * @module
 */

import { type Action, PLACES } from "./words.ts";

const anywhere = Object.keys(PLACES).filter((phrase) => phrase.includes(" "));
const inside = anywhere.filter((phrase) => PLACES[phrase]!.side === "inside");
const outside = anywhere.filter((phrase) => PLACES[phrase]!.side === "outside");

const shops = ["at the market", "in the store", "in the street"];
const around = [...outside, "in the kitchen", "in the hall"];

/** `forms` is "base third past participle gerund"; `things` is a list with blanks between. */
function action(forms: string, things: string, places: readonly string[]): Action {
  const [base = "", third = "", past = "", participle = "", gerund = ""] = forms.split(" ");
  const objects = things === "" ? [] : things.split(" ");
  return { base, third, past, participle, gerund, things: objects, places };
}

const animals = "dog puppy cat kitten horse cow sheep goat bird duck rabbit";

/** What people do. */
export const HUMAN_ACTIONS: readonly Action[] = [
  action("read reads read read reading", "book letter newspaper magazine", anywhere),
  action("eat eats ate eaten eating", "apple banana orange bread cake sandwich", anywhere),
  action("carry carries carried carried carrying", "box bag basket chair cake", anywhere),
  action("wash washes washed washed washing", "cup shirt car window dog horse", outside),
  action("paint paints painted painted painting", "wall door fence chair boat", outside),
  action("play plays played played playing", "guitar piano violin drum", anywhere),
  action("ride rides rode ridden riding", "horse bicycle motorcycle", outside),
  action("buy buys bought bought buying", "coat hat dress rose apple newspaper", shops),
  action("feed feeds fed fed feeding", animals, outside),
  action("watch watches watched watched watching", animals, outside),
  action("throw throws threw thrown throwing", "ball stone bottle", outside),
  action("repair repairs repaired repaired repairing", "car bicycle roof bridge clock", outside),
  action("build builds built built building", "house wall boat fence", outside),
  action("clean cleans cleaned cleaned cleaning", "floor table sofa window", inside),
  action("push pushes pushed pushed pushing", "car bicycle truck box", outside),
  action("draw draws drew drawn drawing", "tree house flower horse bird", anywhere),
  action("cook cooks cooked cooked cooking", "soup rice", inside),
  action("sleep sleeps slept slept sleeping", "", anywhere),
  action("run runs ran run running", "", outside),
  action("walk walks walked walked walking", "", anywhere),
  action("dance dances danced danced dancing", "", anywhere),
  action("sing sings sang sung singing", "", anywhere),
  action("sit sits sat sat sitting", "", anywhere),
  action("smile smiles smiled smiled smiling", "", anywhere),
];

/** What animals do. */
export const ANIMAL_ACTIONS: readonly Action[] = [
  action("sleep sleeps slept slept sleeping", "", around),
  action("run runs ran run running", "", outside),
  action("walk walks walked walked walking", "", outside),
  action("jump jumps jumped jumped jumping", "", outside),
  action("sit sits sat sat sitting", "", around),
  action("chase chases chased chased chasing", animals, outside),
  action("watch watches watched watched watching", animals, around),
  action("eat eats ate eaten eating", "apple bread sandwich banana", around),
  action("carry carries carried carried carrying", "ball bag basket doll", around),
];
