import type { Command } from "commander";
import { AppEnvError } from "@appenv/core";
import { createCommand, withOutput, withControlPlane } from "../options/common.ts";
import { createOutput } from "../output/output.ts";
import { readSecretValue } from "../secrets/read-value.ts";
import { secretsOptions, withScope, type SecretFlags } from "../secrets/scope.ts";

interface CreateSecretFlags extends SecretFlags {
  readonly fromFile?: string;
  readonly replace?: boolean;
}

/** `appenv create secret NAME`: stores a secret. Its value is no argument, since everybody can list these. */
export function createSecretCommand(): Command {
  const command = createCommand("secret", "store a secret; asks for its value, or reads it from stdin or a file")
    .argument("<name>", "the secret's name, as `secrets` of an environment says it")
    .option("--from-file <file>", "take the file's bytes as the value")
    .option("--replace", "change the value if there is one already")
    .action(createSecret);
  return withOutput(
    withControlPlane(withScope(command, "who gets it (default: project, which means a project and domain)")),
    [
      "appenv create secret api-token",
      "pass show api-token | appenv create secret api-token --replace",
      "appenv create secret tls-key --from-file key.pem --scope global",
    ],
  );
}

async function createSecret(name: string, options: CreateSecretFlags): Promise<void> {
  const output = createOutput(options);
  const value = await readSecretValue(name, options.fromFile);
  const { Secrets } = await import("@appenv/client");
  const controlPlane = secretsOptions(options);
  const replaced = options.replace === true && (await isThere(() => Secrets.update(name, value, controlPlane)));
  if (!replaced) await Secrets.create(name, value, controlPlane);
  output.result({ name, replaced }, `Secret '${name}' is ${replaced ? "changed" : "stored"}.`);
  output.note("Replicas and task workers that start from now on are given it.");
}

async function isThere(call: () => Promise<void>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (AppEnvError.is(error, "NOT_FOUND")) return false;
    throw error;
  }
}
