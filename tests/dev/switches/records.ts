/** Made-up records for the tests of this folder. */
import type { SwitchRecord } from "../../../lib/dev/switches/records.ts";
import { tasks } from "../../../lib/tasks.ts";

const circumstances = {
  ...{ commit: "0123456789ab", date: "2026-01-02T03:04:05.678Z", machine: {} },
  versions: { deno: "2.9.6", tensorflow: "2.21.0" },
  ...{ seconds: 12.3, memory: 1500 },
};

/** A record with these scores, each under its task's first metric. */
export function recordOf(
  scores: Readonly<Partial<Record<keyof typeof tasks, number | null>>>,
  rows: SwitchRecord["rows"] = {},
): SwitchRecord {
  return {
    identity: "0123456789abcdef",
    configuration: { version: 1 },
    rows,
    steps: 64,
    scores: Object.fromEntries(
      Object.entries(scores).map(([name, value]) => {
        const { metrics: [first] } = tasks[name as keyof typeof tasks];
        return [name, { [first.name]: value, other: 1 }];
      }),
    ),
    circumstances,
  };
}
