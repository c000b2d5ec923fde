import { readFileSync } from "node:fs";
import { isInstalled } from "./installed.ts";
import { processTree } from "./proc.ts";
import { runToEnd } from "./run.ts";

/** Processors that the load and the servers have to themselves, in taskset's form. */
interface Split {
  readonly load: string;
  readonly servers: string;
}

/** The words to start the load with: on a processor of its own, if that can be had. */
export function asLoad(words: readonly string[]): readonly string[] {
  const split = splitProcessors();
  return split === undefined ? words : ["taskset", "-c", split.load, ...words];
}

/** Keeps running servers, with all their threads and what they start from now on, off the load's processor. */
export async function keepFromLoad(roots: readonly number[]): Promise<void> {
  const split = splitProcessors();
  if (split === undefined) return;
  for (const pid of roots.flatMap(processTree)) await runToEnd(["taskset", "-a", "-c", "-p", split.servers, `${pid}`]);
}

/** Undefined where there is no taskset, or one processor only. */
function splitProcessors(): Split | undefined {
  const [load, ...servers] = isInstalled("taskset") ? allowedProcessors() : [];
  return load === undefined || servers.length === 0 ? undefined : { load: `${load}`, servers: servers.join(",") };
}

/** The processors this process may run on; none where the kernel does not tell. */
function allowedProcessors(): readonly number[] {
  try {
    const list = /^Cpus_allowed_list:\s+(\S+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
    return parseProcessors(list);
  } catch {
    return [];
  }
}

/** Reads a list such as `0-2,5`. */
export function parseProcessors(list: string): readonly number[] {
  const ranges = list.split(",").filter((range) => range !== "");
  return ranges.flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
