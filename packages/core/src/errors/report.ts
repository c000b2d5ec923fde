import { util } from "../node-util.ts";
import { terminalText } from "./terminal-text.ts";

/** Writes a line about something that went wrong to stderr, where the platform and container hosts collect it. */
export function report(what: string, error: unknown): void {
  process.stderr.write(`${terminalText(`${what}: ${util.inspect(error)}`, process.stderr)}\n`);
}
