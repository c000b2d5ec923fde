import { join } from "node:path";
import type { AppId, RunId } from "@appenv/protocol";

/** The directory of an app's logs. */
export function appDirectory(root: string, { project, domain, name }: AppId): string {
  return join(root, toFileName(project), toFileName(domain), toFileName(name));
}

/** The file of a replica in it. */
export function replicaFile(directory: string, replica: string): string {
  return join(directory, `${toFileName(replica)}.log`);
}

/** The replica that a file belongs to, be it put aside or not; undefined for a file that is no log. */
export function replicaOf(fileName: string): string | undefined {
  const match = /^(.+)\.log(\.1)?$/.exec(fileName);
  try {
    return match?.[1] === undefined ? undefined : decodeURIComponent(match[1]);
  } catch {
    return undefined;
  }
}

/** A replica's name as it is read back: the same, but for one that is empty or no whole Unicode. */
export function storedName(replica: string): string {
  return decodeURIComponent(toFileName(replica));
}

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

/** Any text as the name of one file: letters, digits, `-` and `_` as they are, everything else percent-encoded. */
function toFileName(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed()).replace(/[.!'()*~]/g, percent);
  return encoded === "" ? "%20" : encoded;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
