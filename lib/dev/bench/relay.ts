/**
 * Starts a contender in another language: `relay.ts PROGRAM ARGUMENTS...`. Which Python is to be
 * run is known only when the benchmark is, so it can't be named in the benchmark's own permissions;
 * this process gets the permission to run just that program, and nothing else.
 *
 * @module
 */

import { STARTED } from "./measurement.ts";

if (import.meta.main) {
  const [program = "", ...args] = Deno.args;
  let code = 1;
  try {
    const command = new Deno.Command(program, { args, stdin: "inherit" });
    console.log(STARTED);
    ({ code } = await command.spawn().status);
  } catch (error) {
    const why = (error as Error).message.replace(/\.$/, "");
    console.error(`Cannot run "${program}": ${why}; give another Python with --against-python.`);
  }
  Deno.exit(code);
}
