import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { asLoad } from "../processes/processors.ts";
import { runToEnd } from "../processes/run.ts";
import { parseWrk, type WrkResult } from "./wrk-output.ts";

/** The request that is sent again and again. */
export interface Ask {
  readonly path: string;
  /** Sent as JSON, with POST. Default: GET. */
  readonly body?: unknown;
  /** Ask the server to close the connection after each answer. Default false. */
  readonly newConnections?: boolean;
}

/** Sends requests over 64 connections for the given time. */
export type Load = (url: string, seconds: number) => Promise<WrkResult>;

/** Loads a server at the URL of the path. Fails if one request fails: a number that hides failures is worthless. */
export function loadOf(bench: Bench, { body, newConnections = false }: Ask): Load {
  const header = newConnections ? ["-H", "Connection: close"] : [];
  const script = body === undefined ? [] : ["-s", writeScript(bench.directory(), JSON.stringify(body))];
  return async (url, seconds) => {
    const text = await runToEnd(asLoad(["wrk", "-t1", "-c64", `-d${seconds}s`, ...header, ...script, url]));
    const result = parseWrk(text);
    if (result.failures > 0) throw new Error(`${result.failures} requests to ${url} failed:\n${text}`);
    return result;
  };
}

/** wrk has no option for a body; it takes a script in Lua. */
function writeScript(directory: string, body: string): string {
  const file = join(directory, "post.lua");
  const lines = [
    `wrk.method = "POST"`,
    `wrk.body = [==[${body}]==]`,
    `wrk.headers["Content-Type"] = "application/json"`,
  ];
  writeFileSync(file, lines.join("\n"));
  return file;
}
