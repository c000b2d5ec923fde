import type { Command } from "commander";
import { createCommand, withControlPlane, withOutput } from "../options/common.ts";
import { printDeleted } from "../output/deleted.ts";
import { createOutput } from "../output/output.ts";
import { secretsOptions, withScope, type SecretFlags } from "../secrets/scope.ts";

/** `appenv delete secret NAME`: removes a secret. */
export function deleteSecretCommand(): Command {
  const command = createCommand(
    "secret",
    "remove a secret, which running processes keep until they end; no error if it does not exist",
  )
    .argument("<name>", "the secret")
    .action(deleteSecret);
  return withOutput(
    withControlPlane(withScope(command, "which one, if the name is used in several (default: project)")),
    ["appenv delete secret api-token", "appenv delete secret tls-key --scope global"],
  );
}

async function deleteSecret(name: string, options: SecretFlags): Promise<void> {
  const { Secrets } = await import("@appenv/client");
  await printDeleted(createOutput(options), { text: `secret '${name}'`, json: { name } }, () =>
    Secrets.delete(name, secretsOptions(options)),
  );
}
