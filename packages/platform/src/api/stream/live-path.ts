import type { RunId } from "@appenv/protocol";

/** Begins the path of every run that is read live, and of its streams. */
export const livePath = "/streams/";

/** A run, or one of its streams. */
export interface LivePlace {
  readonly id: RunId;
  readonly stream: string | undefined;
}

/**
 * `/streams/PROJECT/DOMAIN/RUN` is a run; a stream is below at `/NAME`, and at `/streams/NAME`, as in apps. Undefined for any
 * other path.
 */
export function livePlaceOf(path: string): LivePlace | undefined {
  const parts = path.slice(livePath.length).split("/");
  const [project = "", domain = "", run = "", ...rest] = parts;
  if (parts.length < 3 || parts.some((part) => !/^[\w.-]{1,200}$/.test(part))) return undefined;
  const [first, second] = rest;
  if (rest.length > 2 || (rest.length === 2 && first !== "streams")) return undefined;
  return { id: { project, domain, run }, stream: second ?? first };
}

/** The path of a run. */
export function livePathOf({ project, domain, run }: RunId): string {
  return `${livePath}${project}/${domain}/${run}`;
}
