import { AppEnvError } from "@appenv/core";

/** The place of a secret: a project and domain, a domain (no project), or everywhere (neither). */
export interface SecretPlace {
  /** Empty: all projects. */
  readonly project: string;
  /** Empty: all domains. */
  readonly domain: string;
}

/** A secret's identity. */
export interface SecretId extends SecretPlace {
  readonly name: string;
}

/** The largest value, in bytes. */
export const largestSecret: number = 64 * 1024;

const names = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$/;

/** True if a text can be the name of a secret, and so of a file. */
export function isSecretName(name: string): boolean {
  return names.test(name);
}

/** @throws AppEnvError INVALID_OPTION. */
export function checkSecretId({ name, project, domain }: SecretId): void {
  if (!isSecretName(name)) {
    throw invalid(
      `'${name.slice(0, 100)}' cannot be the name of a secret.`,
      "Use 1 to 253 letters, digits, hyphens, dots and underscores; begin with a letter or digit.",
    );
  }
  checkSecretPlace({ project, domain });
}

/** @throws AppEnvError INVALID_OPTION. */
export function checkSecretPlace({ project, domain }: SecretPlace): void {
  if (project === "" || domain !== "") return;
  throw invalid(`A secret of the project '${project.slice(0, 100)}' needs a domain too.`, "Name the domain as well.");
}

/** @throws AppEnvError INVALID_OPTION; the value is in no message. */
export function checkSecretValue(name: string, value: Uint8Array): void {
  if (value.length === 0) throw invalid(`The value of the secret '${name}' is empty.`, "Give it a value.");
  if (value.length <= largestSecret) return;
  throw invalid(
    `The value of the secret '${name}' has ${value.length} bytes; at most ${largestSecret} are allowed.`,
    "Keep larger data in a file or a bucket, and its key as the secret.",
  );
}

/** The places a project and domain take secrets from, the most specific first. Flyte's order. */
export function placesOf({ project, domain }: SecretPlace): readonly SecretPlace[] {
  return [
    { project, domain },
    { project: "", domain },
    { project: "", domain: "" },
  ];
}

/** A place in words. */
export function placeText({ project, domain }: SecretPlace): string {
  if (domain === "") return "all domains";
  return project === "" ? `the domain ${domain}` : `${project}/${domain}`;
}

function invalid(message: string, fix: string): AppEnvError {
  return new AppEnvError("INVALID_OPTION", message, { fix });
}
