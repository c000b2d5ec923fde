import { util } from "../node-util.ts";

/** Writes a line about something that went wrong to stderr, where the platform and container hosts collect it. */
export function report(what: string, error: unknown): void {
  process.stderr.write(`${what}: ${util.inspect(error)}\n`);
}
