import { join } from "node:path";
import type { RunId } from "@appenv/protocol";
import { toFileName } from "../log-paths.ts";

/** The directory of a run's logs. */
export function runDirectory(root: string, { project, domain, run }: RunId): string {
  return join(root, toFileName(project), toFileName(domain), toFileName(run));
}

/** The file of an attempt in it. */
export function attemptFile(action: string, attempt: number): string {
  return `${toFileName(action)}.${attempt}.log`;
}

/** The attempts of an action among the files of a run, in their order. */
export function attemptsAmong(files: readonly string[], action: string): number[] {
  const prefix = `${toFileName(action)}.`;
  const numbers = files.flatMap((file) => {
    if (!file.startsWith(prefix)) return [];
    const match = /^(\d+)\.log$/.exec(file.slice(prefix.length));
    return match === null ? [] : [Number(match[1])];
  });
  return numbers.toSorted((one, other) => one - other);
}
