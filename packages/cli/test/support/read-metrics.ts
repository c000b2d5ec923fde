import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const python = fileURLToPath(new URL("../../../../.python-client/bin/python", import.meta.url));
const script = fileURLToPath(new URL("../python/read_metrics.py", import.meta.url));

/** True if Prometheus' parser is here. */
export const hasParser: boolean = existsSync(python);

/** A metric as Prometheus' parser reads it; it takes `_total` off the names of counters. */
export interface ReadMetric {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly {
    readonly name: string;
    readonly labels: Record<string, string>;
    readonly value: string;
  }[];
}

/** The metrics of a text, by name. @throws Error if Prometheus' parser refuses it. */
export function readMetrics(text: string): Readonly<Record<string, ReadMetric>> {
  const { status, stdout, stderr } = spawnSync(python, [script], { input: text, encoding: "utf8", env: {} });
  if (status !== 0) throw new Error(`Prometheus' parser refuses the text: ${stderr}`);
  return JSON.parse(stdout);
}
