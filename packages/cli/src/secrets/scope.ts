import { Option, type Command } from "commander";
import type { SecretScope, SecretsOptions } from "@appenv/client";
import type { ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";

/** Flags of commands about secrets. */
export interface SecretFlags extends ControlPlaneFlags {
  readonly scope?: SecretScope;
}

/** Adds `--scope`. */
export function withScope(command: Command, description: string): Command {
  return command.addOption(new Option("--scope <scope>", description).choices(["project", "domain", "global"]));
}

/** The flags as the client takes them. */
export function secretsOptions({ scope, ...flags }: SecretFlags): SecretsOptions {
  return { ...controlPlaneOf(flags), ...(scope === undefined ? {} : { scope }) };
}
