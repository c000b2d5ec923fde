import { util } from "../node-util.ts";
import { terminalText } from "./terminal-text.ts";

/** Receives an error that nobody caught. `where` names its place, for example `A listener of the app's changes failed`. */
export type UnexpectedSink = (where: string, error: unknown) => void;

const sinks = new Set<UnexpectedSink>();

/** Gives `sink` every error that nobody caught, until the returned function is called. */
export function onUnexpected(sink: UnexpectedSink): () => void {
  sinks.add(sink);
  return () => void sinks.delete(sink);
}

/**
 * Reports an error that nobody caught: the operation it belongs to has failed, and everything else goes on. It goes to
 * the sinks; without one to stderr, where the platform and container hosts collect it. Never throws.
 */
export function unexpected(where: string, error: unknown): void {
  for (const sink of sinks) {
    try {
      sink(where, error);
    } catch {
      // The log itself cannot be written; the other sinks get the error all the same.
    }
  }
  if (sinks.size > 0) return;
  const what = typeof error === "string" ? error : util.inspect(error);
  process.stderr.write(`${terminalText(`${where}: ${what}`, process.stderr)}\n`);
}

/** Runs `action`. An error that it throws, or with which its promise rejects, is reported and reaches nobody else. */
export function isolated(where: string, action: () => unknown): void {
  try {
    const result = action();
    if (result instanceof Promise) inBackground(where, result);
  } catch (error) {
    unexpected(where, error);
  }
}

/** Lets work go on that nobody waits for; a failure is reported. */
export function inBackground(where: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => unexpected(where, error));
}

/** An error with its stack and its causes, for logs. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? text : `${text}\nCaused by: ${describeError(error.cause)}`;
}
