import { fileURLToPath } from "node:url";

/** A place in a file. */
export interface StackPlace {
  /** A path, or the URL of what is no file. */
  readonly path: string;
  /** `line:column`. */
  readonly position: string;
}

/** The place in a line of a stack; undefined for Node's own code, and for lines without one. */
export function placeIn(line: string): StackPlace | undefined {
  const [, called = ""] = /^\s+at (?:async )?(.+)$/.exec(line) ?? [];
  const where = called.endsWith(")") ? called.slice(called.lastIndexOf(" (") + 2, -1) : called;
  const [, url, position] = /^(?!node:)(.+):(\d+:\d+)$/.exec(where) ?? [];
  return url === undefined || position === undefined ? undefined : { path: pathOf(url), position };
}

/** A URL that names no file stays as it is: a stack may have any text in it. */
function pathOf(url: string): string {
  try {
    return url.startsWith("file://") ? fileURLToPath(url) : url;
  } catch {
    return url;
  }
}
