import { isOwnCode } from "@appenv/core/internal";
import { placeIn } from "./place-in.ts";

/**
 * The lines of a stack that say something about the user's code: without the frames of Node's and of AppEnv's own
 * insides, and each asynchronous function once, though its bundle has it twice (see `mark-flow.ts` of `@appenv/client`).
 */
export function userFrames(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let inner: string | undefined;
  let wasBranch = false;
  for (const line of lines) {
    if (isOurs(line)) {
      wasBranch ||= line.includes("branchAt");
      continue;
    }
    const frame = frameOf(line);
    const isOuter = wasBranch || (inner !== undefined && /^\s+at async /.test(line) && frame === inner);
    inner = isOuter ? undefined : frame;
    wasBranch = false;
    if (!isOuter) kept.push(line);
  }
  return kept;
}

/** The function's own name, and its file. */
function frameOf(line: string): string | undefined {
  const [, name = "", file = ""] = /^\s+at (?:async )?(?:([^\s(]+) )?\(?(.*?)(?::\d+)*\)?$/.exec(line) ?? [];
  return file === "" ? undefined : `${name.split(".").at(-1)} ${file}`;
}

function isOurs(line: string): boolean {
  if (!/^\s+at /.test(line)) return false;
  const place = placeIn(line);
  return place === undefined ? line.includes("node:internal/") : isOwnCode(place.path);
}
