import { AppEnvError } from "@appenv/core";
import { unusableSecret } from "@appenv/core/internal";
import type { SecretOption, WebhookSource } from "./source.ts";

/**
 * The values of a source's secrets, as they are now. One that cannot be used keeps all from being used: anybody could
 * sign with a blank key or a placeholder.
 *
 * @throws AppEnvError MISSING_SECRET, INVALID_OPTION, naming the env var and never the value.
 */
export function readSecrets(source: WebhookSource): readonly string[] {
  const options = [source.secret].flat() as SecretOption[];
  if (options.length === 0) throw missing(source, "the list of its secrets is empty");
  return options.map((option) => readSecret(source, option));
}

function readSecret(source: WebhookSource, option: SecretOption): string {
  const value = typeof option === "function" ? option() : process.env[option];
  const where = typeof option === "function" ? "its function" : placeOf(option);
  if (typeof value !== "string" || value === "") {
    throw missing(source, typeof option === "function" ? "its function gives none" : `${where} is not set`);
  }
  const why = unusableSecret(value);
  if (why === "blank") throw missing(source, `${where} holds nothing but white space or a prefix`);
  if (why === "placeholder") throw unusable(source, `${where} holds a placeholder`);
  const wrong = source.secretProblem?.(value);
  if (wrong !== undefined) throw unusable(source, `${where} ${wrong}`);
  return value;
}

/** Instead of the name of an env var some give the secret itself, which has no place in an error. */
function placeOf(name: unknown): string {
  const isName = typeof name === "string" && /^[A-Z_][A-Z0-9_]{0,60}$/.test(name);
  return isName ? `the env var ${name}` : "the env var that `secret` names (it takes a name, not a value)";
}

function missing({ name }: WebhookSource, why: string): AppEnvError {
  return new AppEnvError("MISSING_SECRET", `The webhook '${name}' has no secret to check signatures with: ${why}.`);
}

function unusable({ name }: WebhookSource, why: string): AppEnvError {
  return new AppEnvError("INVALID_OPTION", `The secret of the webhook '${name}' cannot be used: ${why}.`, {
    fix: "Give it the secret that the sender shows where the webhook is set up.",
  });
}
