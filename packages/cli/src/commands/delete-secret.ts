import type { Command } from "commander";
import { AppEnvError } from "@appenv/core";
import { createCommand, withOutput, withControlPlane } from "../options/common.ts";
import { createOutput } from "../output/output.ts";
import { secretsOptions, withScope, type SecretFlags } from "../secrets/scope.ts";

/** `appenv delete secret NAME`: removes a secret. */
export function deleteSecretCommand(): Command {
  const command = createCommand(
    "secret",
    "remove a secret; what runs keeps it until it ends; no error if there is none",
  )
    .argument("<name>", "the secret")
    .action(deleteSecret);
  return withOutput(
    withControlPlane(withScope(command, "which one, if the name is used in several (default: project)")),
    ["appenv delete secret api-token", "appenv delete secret tls-key --scope global"],
  );
}

async function deleteSecret(name: string, options: SecretFlags): Promise<void> {
  const output = createOutput(options);
  const { Secrets } = await import("@appenv/client");
  try {
    await Secrets.delete(name, secretsOptions(options));
  } catch (error) {
    if (!AppEnvError.is(error, "NOT_FOUND")) throw error;
    output.result({ name, deleted: false }, `There was no secret '${name}'.`);
    return;
  }
  output.result({ name, deleted: true }, `Secret '${name}' is removed.`);
}
