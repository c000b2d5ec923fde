import { inspect } from "node:util";

/** Writes a line about something that went wrong to stderr, where the platform and container hosts collect it. */
export function report(what: string, error?: unknown): void {
  process.stderr.write(error === undefined ? `${what}\n` : `${what}: ${inspect(error)}\n`);
}
