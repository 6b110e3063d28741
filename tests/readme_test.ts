import { assert, assertEquals } from "@std/assert";
import { noEncoder } from "./input/encoder.ts";

const root = new URL("../", import.meta.url);
const readme = Deno.readTextFileSync(new URL("README.md", root));

/** Blocks of code of a language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, found]) => found === language).map(([, , code]) => code!);
}

Deno.test("the README has at most 1,500 words", () => {
  assert(readme.split(/\s+/).filter((word) => word !== "").length <= 1500);
});

Deno.test("every file and folder that the README links to is there", () => {
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path!);
  const missing = links.filter((path) => {
    try {
      return !Deno.statSync(new URL(path, root));
    } catch {
      return true;
    }
  });
  assertEquals([links.length > 10, missing], [true, []]);
});

Deno.test("every task that the README names is one", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", root)));
  const named = [...readme.matchAll(/\bdeno(?:@[\d.]+)? task (?:-q )?([a-z:]+)/g)];
  const unknown = named.map(([, name]) => name!).filter((name) => !Object.hasOwn(tasks, name));
  assertEquals([named.length > 10, unknown], [true, []]);
});

/** Runs a script as its user would, in `folder`; gives what it prints. */
async function run(script: string, folder: string): Promise<string> {
  const file = `${folder}/mine.ts`;
  await Deno.writeTextFile(file, script.replaceAll('from "./lib/', `from "${root}lib/`));
  const allowed = ["--allow-read", "--allow-write", "--allow-env", "--allow-ffi"];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--config", new URL("deno.json", root).pathname, ...allowed]
      .concat("--allow-run=python3", file),
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert(success, `${text}\n${new TextDecoder().decode(stderr)}`);
  return text;
}

Deno.test({
  name: "the README's script trains, scores, predicts and saves; that of the engine adds up",
  ignore: noEncoder,
  fn: async () => {
    const [own, engine, ...others] = blocks("ts");
    assertEquals(others, []);
    const folder = await Deno.makeTempDir();
    try {
      const texts = {
        billing: "The invoice is wrong",
        bug: "It crashes when I press save",
        question: "How do I change my password",
      };
      const rows = Object.entries(texts).map(([topic, text]) => `"${text}, please",${topic}\n`);
      await Deno.writeTextFile(`${folder}/train.csv`, `body,topic\n${rows.join("").repeat(30)}`);
      await Deno.writeTextFile(`${folder}/dev.csv`, `body,topic\n${rows.join("").repeat(4)}`);
      const printed = await run(own!, folder);
      const losses = [...printed.matchAll(/^(\d+) ([\d.]+)$/gm)];
      assertEquals(losses.map(([, step]) => Number(step)), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
      assert(Number(losses.at(-1)![2]) < Number(losses[0]![2]), printed);
      assert(/accuracy: \d+/.test(printed) && /prediction: "(billing|bug|question)"/.test(printed));
      const saved = [...Deno.readDirSync(`${folder}/tickets-model`)].map(({ name }) => name).sort();
      assertEquals(saved, ["config.json", "heads", "model.safetensors", "tokenizer.json"]);
      assert((await run(engine!, folder)).includes("[ 1, 1, 1 ]"));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
