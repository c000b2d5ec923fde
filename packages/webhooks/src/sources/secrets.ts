import { AppEnvError } from "@appenv/core";

/** Where a secret comes from: the name of an env var, or a function that gives its value. */
export type SecretOption = string | (() => string | undefined);

/** One secret, or several that are all accepted. */
export type SecretsOption = SecretOption | readonly SecretOption[];

/**
 * The values of the secrets, as they are now.
 *
 * @throws AppEnvError MISSING_SECRET naming the env var.
 */
export function readSecrets(source: string, option: SecretsOption): readonly string[] {
  const options = [option].flat() as SecretOption[];
  if (options.length === 0) throw missing(source, "the list of its secrets is empty");
  return options.map((one) => readSecret(source, one));
}

function readSecret(source: string, option: SecretOption): string {
  const value = typeof option === "function" ? option() : process.env[option];
  if (typeof value === "string" && value !== "") return value;
  const why = typeof option === "function" ? "its function gives none" : `the env var ${option} is not set`;
  throw missing(source, why);
}

function missing(source: string, why: string): AppEnvError {
  return new AppEnvError("MISSING_SECRET", `The webhook '${source}' has no secret to check signatures with: ${why}.`);
}
