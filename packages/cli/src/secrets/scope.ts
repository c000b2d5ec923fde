import { Option, type Command } from "commander";
import type { SecretScope, SecretTarget } from "@appenv/client/secrets";
import type { TargetFlags } from "../options/common.ts";
import { targetOf } from "../options/target.ts";

/** Flags of commands about secrets. */
export interface SecretFlags extends TargetFlags {
  readonly scope?: SecretScope;
}

/** Adds `--scope`. */
export function withScope(command: Command, description: string): Command {
  return command.addOption(new Option("--scope <scope>", description).choices(["project", "domain", "global"]));
}

/** The flags as the client takes them. */
export function secretTargetOf({ scope, ...flags }: SecretFlags): SecretTarget {
  return { ...targetOf(flags), ...(scope === undefined ? {} : { scope }) };
}
