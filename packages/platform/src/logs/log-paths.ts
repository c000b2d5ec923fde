import { join } from "node:path";
import type { AppId } from "@appenv/protocol";

/** The directory of an app's logs. */
export function appDirectory(root: string, { project, domain, name }: AppId): string {
  return join(root, toFileName(project), toFileName(domain), toFileName(name));
}

/** The files of a replica: what is written now, and what came before it. */
export function replicaFiles(directory: string, replica: string): { current: string; previous: string } {
  const current = join(directory, `${toFileName(replica)}${suffix}`);
  return { current, previous: `${current}.1` };
}

/** The replica a file belongs to; undefined for a file that is no log. */
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

const suffix = ".log";

/** Any text as the name of one file: letters, digits, `-` and `_` as they are, everything else percent-encoded. */
export function toFileName(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed()).replace(/[.!'()*~]/g, percent);
  return encoded === "" ? "%20" : encoded;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
