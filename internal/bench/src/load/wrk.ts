import { runToEnd } from "../processes/run.ts";
import { parseWrk } from "./wrk-output.ts";

/** The load of one round. */
export interface Load {
  readonly seconds: number;
  /** Ask the server to close the connection after each answer. Default false. */
  readonly newConnections?: boolean;
}

/**
 * Requests a second that a URL answers to 64 connections.
 *
 * @throws Error if one request failed: a number that hides failures is none.
 */
export async function requestsPerSecond(url: string, { seconds, newConnections = false }: Load): Promise<number> {
  const header = newConnections ? ["-H", "Connection: close"] : [];
  const text = await runToEnd(["wrk", "-t1", "-c64", `-d${seconds}s`, ...header, url]);
  const result = parseWrk(text);
  if (result.failures > 0) throw new Error(`${result.failures} requests to ${url} failed:\n${text}`);
  return result.requestsPerSecond;
}
