import { Option, type Command } from "commander";
import type { AuthType, MadeLogin } from "@appenv/client/internal";
import { createCommand, withOutput, type OutputOptions } from "../options/common.ts";
import { createOutput } from "../output/output.ts";

interface Options extends OutputOptions {
  readonly endpoint?: string;
  readonly authType?: AuthType;
}

/** `appenv login`: has a person log in to a control plane that wants tokens. */
export function loginCommand(): Command {
  const command = createCommand(
    "login",
    "log in to a control plane that wants it; later commands and programs use the login",
  )
    .option("--endpoint <url>", "the control plane (default: the configured one)")
    .addOption(
      new Option(
        "--auth-type <type>",
        "by the browser of this machine, or with a code for any (default: as configured, else Pkce)",
      ).choices(["Pkce", "DeviceFlow"]),
    )
    .action(logIn);
  return withOutput(command, [
    "appenv login --endpoint dns:///flyte.example.com",
    "appenv login --auth-type DeviceFlow",
  ]);
}

async function logIn({ endpoint, authType, ...options }: Options): Promise<void> {
  const output = createOutput(options);
  const { logIn: start } = await import("@appenv/client/internal");
  const target = { ...(endpoint === undefined ? {} : { endpoint }), ...(authType === undefined ? {} : { authType }) };
  const made = await start(target);
  output.result(made, `Logged in to ${made.endpoint}; ${lasting(made)}.`);
}

function lasting({ isRefreshed, expiresAt }: MadeLogin): string {
  if (isRefreshed) return "the login is renewed by itself";
  return expiresAt === undefined ? "until it is refused" : `until ${expiresAt.toLocaleString()}`;
}
