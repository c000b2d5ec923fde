import type { Command } from "commander";
import type { Secret } from "@appenv/client";
import { createCommand, withOutput, withControlPlane } from "../options/common.ts";
import { createOutput } from "../output/output.ts";
import { timeText } from "../output/run.ts";
import { table } from "../output/table.ts";
import { secretsOptions, withScope, type SecretFlags } from "../secrets/scope.ts";

/** `appenv get secret [NAME]`: lists secrets, without their values. */
export function getSecretCommand(): Command {
  const command = createCommand("secret", "list the secrets a project and domain can be given; never their values")
    .argument("[name]", "show one (default: all)")
    .action(getSecrets);
  return withOutput(withControlPlane(withScope(command, "only those of this scope")), [
    "appenv get secret",
    "appenv get secret api-token --scope global --json",
  ]);
}

async function getSecrets(name: string | undefined, options: SecretFlags): Promise<void> {
  const output = createOutput(options);
  const { Secrets } = await import("@appenv/client");
  const controlPlane = secretsOptions(options);
  const secrets = name === undefined ? await Secrets.list(controlPlane) : [await Secrets.get(name, controlPlane)];
  const rows = secrets.map((secret) => [
    secret.name,
    secret.scope,
    placeText(secret),
    secret.readable ? "stored" : "cannot be read",
    timeText(secret.createdAt),
  ]);
  const text = table(["NAME", "SCOPE", "FOR", "STATE", "CREATED"], rows);
  if (name === undefined) output.list(secrets, text, "There are no secrets. `appenv create secret NAME` stores one.");
  else output.result(secrets[0], text);
}

function placeText({ project, domain }: Secret): string {
  if (domain === "") return "everyone";
  return project === "" ? domain : `${project}/${domain}`;
}
