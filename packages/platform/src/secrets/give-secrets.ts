import { AppEnvError } from "@appenv/core";
import type { SecretReference } from "@appenv/protocol";
import type { ReplicaProcess } from "../replicas/replica-process.ts";
import { maskOf, type Mask } from "./mask.ts";
import type { SecretFiles } from "./secret-files.ts";
import { isSecretName, type SecretPlace } from "./secret-id.ts";
import type { SecretStore } from "./secret-store.ts";

/** The source of secrets for processes. */
export interface SecretSource {
  readonly store: Pick<SecretStore, "find">;
  readonly files: SecretFiles;
}

/** The app or task environment that gets secrets. */
export interface SecretTaker extends SecretPlace {
  readonly secrets: readonly SecretReference[];
}

/** The secrets of one process. */
export interface GivenSecrets {
  /** Env vars, values included. */
  readonly env: Readonly<Record<string, string>>;
  /** Hides the values. */
  readonly mask: Mask | undefined;
  /** Hides them in what this process says, and removes their files when it has ended. */
  attach(process: ReplicaProcess): void;
  /** To be called instead of `attach` if there will be no process. */
  remove(): void;
}

/** By which a process finds secrets that are files, as Flyte's own images do. */
const directoryVariable = "FLYTE_SECRETS_DEFAULT_DIR";

/**
 * The secrets of a process: from the store, else from the platform's own env vars. Without a source only from these.
 *
 * @throws AppEnvError MISSING_SECRET, SECRET_UNREADABLE, UNSUPPORTED, DISK_FULL, STATE_UNWRITABLE.
 */
export function giveSecrets(taker: SecretTaker, source: SecretSource | undefined): GivenSecrets {
  if (taker.secrets.length === 0) return nothing;
  const found = findSecrets(taker, source);
  const env = envOf(found);
  const mounted = found.filter(({ reference }) => reference.envVar === undefined);
  const files = mounted.map(({ reference, value }) => ({ path: pathOf(reference), value }));
  const written = files.length === 0 ? undefined : source?.files.write(files);
  const mask = maskOf(found.map(({ value }) => value.toString("utf8")));
  const remove = (): void => written?.remove();
  return {
    env: written === undefined ? env : { ...env, [directoryVariable]: written.directory },
    mask,
    attach: (process) => {
      process.mask = mask;
      process.once("exit", remove);
    },
    remove,
  };
}

/** The secrets that are env vars, and their mask: for a process that only prepares for its work. @throws as `giveSecrets`. */
export function secretEnv(taker: SecretTaker, source: SecretSource | undefined): Pick<GivenSecrets, "env" | "mask"> {
  if (taker.secrets.length === 0) return nothing;
  const found = findSecrets(taker, source);
  return { env: envOf(found), mask: maskOf(found.map(({ value }) => value.toString("utf8"))) };
}

const nothing: GivenSecrets = { env: {}, mask: undefined, attach: () => {}, remove: () => {} };

interface FoundSecret {
  readonly reference: SecretReference;
  readonly value: Buffer;
}

function findSecrets({ secrets, ...scope }: SecretTaker, source: SecretSource | undefined): readonly FoundSecret[] {
  return secrets.map((reference) => {
    if (reference.envVar === undefined) checkMount(reference, source);
    const stored = source?.store.find(scope, reference.key);
    const value = stored ?? fromEnvironment(reference);
    if (value === undefined) throw missing(reference, scope);
    return { reference, value };
  });
}

function fromEnvironment(reference: SecretReference): Buffer | undefined {
  const value = process.env[variableOf(reference)];
  return value === undefined ? undefined : Buffer.from(value);
}

/** The env var it has, or would have. */
function variableOf({ envVar, group, key }: SecretReference): string {
  if (envVar !== undefined) return envVar;
  const parts = group === undefined ? [key] : [group, key];
  return parts.join("_").toUpperCase().replaceAll(/[.-]/g, "_");
}

function pathOf({ group, key }: SecretReference): string {
  return group === undefined ? key : `${group}/${key}`;
}

function envOf(found: readonly FoundSecret[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { reference, value } of found) {
    if (reference.envVar !== undefined) env[reference.envVar] = textOf(reference.key, value);
  }
  return env;
}

function textOf(key: string, value: Buffer): string {
  const text = value.toString("utf8");
  if (Buffer.from(text).equals(value) && !text.includes("\0")) return text;
  throw new AppEnvError("UNSUPPORTED", `The secret '${key}' is no text, so it cannot be an env var.`, {
    fix: 'Take it as a file: `mount: "/etc/flyte/secrets"`.',
  });
}

/** A definition may come from any client: what becomes a path is checked here. */
function checkMount({ key, group }: SecretReference, source: SecretSource | undefined): void {
  if (source !== undefined && isSecretName(key) && (group === undefined || isSecretName(group))) return;
  throw new AppEnvError("UNSUPPORTED", `The secret '${key.slice(0, 100)}' cannot be a file.`, {
    fix: "Take it as an env var: leave out `mount`. In a file's name are letters, digits, hyphens, dots and underscores.",
  });
}

function missing(reference: SecretReference, { project, domain }: SecretPlace): AppEnvError {
  const { key } = reference;
  return new AppEnvError(
    "MISSING_SECRET",
    `There is no secret '${key}' for ${project}/${domain}. ` +
      `This creates it: \`appenv create secret ${key} --project ${project} --domain ${domain}\`.`,
    { fix: `Create it with that command, or set the env var ${variableOf(reference)} where the platform is started.` },
  );
}
