import { CASES } from "./cases.ts";
import { checkCase } from "./harness.ts";

for (const found of CASES) {
  Deno.test(`${found.name} agrees with its formula at all sizes, eager and compiled`, async () => {
    await checkCase(found);
  });
}
