import { Command, InvalidArgumentError, Option } from "commander";
import type { Duration } from "@appenv/core";
import { durationMs } from "@appenv/core/internal";

/** Options every command has. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Options of commands that call a control plane. */
export interface ControlPlaneFlags extends OutputOptions {
  readonly endpoint?: string;
  readonly local?: boolean;
  readonly project?: string;
  readonly domain?: string;
}

/** A command with the options every command has. */
export function createCommand(name: string, description: string): Command {
  return new Command(name).description(description);
}

/** Adds `--json` and `--verbose`, after the command's own options, and its examples. */
export function withOutput(command: Command, examples: readonly string[]): Command {
  return command
    .addOption(new Option("--json", "write results, and errors, as JSON"))
    .addOption(new Option("--verbose", "show where an error comes from"))
    .addHelpText("after", `\nExamples:\n${examples.map((example) => `  $ ${example}`).join("\n")}`);
}

/** Adds the options that say which control plane is meant. */
export function withControlPlane(command: Command): Command {
  return command
    .option("--endpoint <url>", "the control plane (default: the configured one, else the platform on this machine)")
    .option("--local", "use the platform on this machine, whatever is configured")
    .option("-p, --project <name>", "the project (default: the configured one, else flytesnacks)")
    .option("-d, --domain <name>", "the domain (default: the configured one, else development)");
}

/** Reads a port: 0, for any free one, to 65535. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
}

/** The help of `--traffic`. */
export const trafficHelp =
  "the weight of a new revision: the requests of 100 that it gets at first (default: the file's, else 100)";

/** The help text of `--force`. */
export const forceHelp = "make a new revision even if nothing has changed";

/** The option of the way in which code gets to a cluster. */
export function copyStyleOption(): Option {
  return new Option(
    "--copy-style <style>",
    "on a cluster: loaded_modules uploads the code with its packages, none means that the image has it (default: loaded_modules)",
  ).choices(["loaded_modules", "none"]);
}

/** Reads a revision's weight. */
export function parseWeight(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 0 to 100.");
}

/** Reads a moment, as ISO 8601; without a zone, in that of this machine. */
export function parseDate(text: string): Date {
  const date = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError("It must be a date as in 2027-01-31T09:00:00Z.");
}

/** Reads a duration. */
export function parseDuration(text: string): Duration {
  try {
    durationMs(text as Duration, "the time");
    return text as Duration;
  } catch {
    throw new InvalidArgumentError("It must be a time such as 30m, 12h or 30d.");
  }
}

/** Reads a count of at least 1. */
export function parseCount(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number of at least 1.");
}

/** Reads a priority; the client checks its limits. */
export function parsePriority(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}

/** Reads one `KEY=VALUE` of a label or an annotation and adds it to those before. */
export function parseLabel(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, key, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError("It must be KEY=VALUE.");
  return { ...before, [key]: value };
}

/** Reads one `NAME=VALUE` of an input and adds it to those before. */
export function parseInput(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("It must be NAME=VALUE.");
  return { ...before, [name]: value };
}

/** Reads one `KEY=VALUE` and adds it to those before. */
export function parseKeyValue(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, key, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) {
    throw new InvalidArgumentError("It must be KEY=VALUE, the key of letters, digits and underscores.");
  }
  return { ...before, [key]: value };
}
