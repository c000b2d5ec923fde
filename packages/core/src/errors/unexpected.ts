import { terminalText } from "./terminal-text.ts";
/** Told of an error that nobody caught. `where` names its place, for example `a listener of the app's changes`. */
export type UnexpectedSink = (where: string, error: unknown) => void;

const sinks = new Set<UnexpectedSink>();

/** Has `sink` told of every error that nobody caught, until the returned function is called. */
export function onUnexpected(sink: UnexpectedSink): () => void {
  sinks.add(sink);
  return () => void sinks.delete(sink);
}

/** Reports an error that nobody caught: the operation it belongs to has failed, and everything else goes on. Never throws. */
export function unexpected(where: string, error: unknown): void {
  for (const sink of sinks) {
    try {
      sink(where, error);
    } catch {
      // The log itself cannot be written; the other sinks are told all the same.
    }
  }
  if (sinks.size === 0) process.stderr.write(`${terminalText(`${where}: ${describeError(error)}`, process.stderr)}\n`);
}

/** Runs `action`; an error it throws is reported, and reaches nobody else. */
export function isolated(where: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    unexpected(where, error);
  }
}

/** Lets work go on for which nobody waits; if it fails, that is reported. */
export function inBackground(where: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => unexpected(where, error));
}

/** An error with its stack and its causes, for logs. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? text : `${text}\nCaused by: ${describeError(error.cause)}`;
}
