import type { Command } from "commander";
import { createCommand, withOutput, type OutputOptions } from "../options/common.ts";
import { createOutput } from "../output/output.ts";

interface Options extends OutputOptions {
  readonly endpoint?: string;
}

/** `appenv logout`: forgets a login on this machine. */
export function logoutCommand(): Command {
  const command = createCommand("logout", "forget the login to a control plane on this machine")
    .option("--endpoint <url>", "the control plane (default: the configured one)")
    .action(logOut);
  return withOutput(command, ["appenv logout", "appenv logout --endpoint dns:///flyte.example.com"]);
}

async function logOut({ endpoint, ...options }: Options): Promise<void> {
  const { logOut: forget } = await import("@appenv/client/internal");
  const left = await forget(endpoint === undefined ? {} : { endpoint });
  const text = left.had ? `Logged out of ${left.endpoint}.` : `There was no login to ${left.endpoint}.`;
  createOutput(options).result({ endpoint: left.endpoint, loggedOut: left.had }, text);
}
