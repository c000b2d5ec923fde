import { invalidOption } from "../errors/invalid-option.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** A secret a replica gets. */
export interface SecretOptions {
  /** Its name in the secret store. */
  readonly key: string;
  /** The group it is stored in, if any. */
  readonly group?: string;
  /** The env var that holds it. Default: `GROUP_KEY` in upper case, hyphens as underscores. */
  readonly asEnvVar?: string;
  /**
   * Instead of an env var: a file below this directory, which must be `/etc/flyte/secrets`. On one machine it is elsewhere:
   * the env var `FLYTE_SECRETS_DEFAULT_DIR` names the directory, here and on a cluster.
   */
  readonly mount?: string;
}

const names: OptionNames<SecretOptions> = { key: true, group: true, asEnvVar: true, mount: true };

/** Checked secret reference; it never holds the value. Source: Flyte's `Secret`. */
export class Secret {
  /** Its name in the secret store. */
  readonly key: string;
  /** The group it is stored in, if any. */
  readonly group: string | undefined;
  /** The env var that holds it; undefined for a mounted secret. */
  readonly envVar: string | undefined;
  /** The directory it is mounted below; undefined for an env var. */
  readonly mount: string | undefined;

  /** @throws AppEnvError INVALID_OPTION. */
  constructor(options: SecretOptions) {
    checkOptions(options, "secret", names);
    if (typeof options.key !== "string" || !/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(options.key)) {
      throw invalidOption("secret key", options.key, "letters, digits, hyphens, dots and underscores");
    }
    if (options.mount !== undefined && options.mount !== "/etc/flyte/secrets") {
      throw invalidOption(
        `mount of secret '${options.key}'`,
        options.mount,
        '"/etc/flyte/secrets", the only place Flyte mounts secrets',
      );
    }
    const envVar = options.asEnvVar ?? (options.mount === undefined ? defaultEnvVar(options) : undefined);
    if (envVar !== undefined && !/^[A-Z_][A-Z0-9_]*$/.test(envVar)) {
      throw invalidOption(
        `asEnvVar of secret '${options.key}'`,
        envVar,
        "upper case letters, digits and underscores, not starting with a digit",
      );
    }
    this.key = options.key;
    this.group = options.group;
    this.mount = options.mount;
    this.envVar = envVar;
    Object.freeze(this);
  }

  /** Secrets from any form of the option. */
  static listFrom(value: SecretsInput | undefined): readonly Secret[] {
    const items = value === undefined ? [] : Array.isArray(value) ? value : [value];
    return Object.freeze(items.map((item) => toSecret(item)));
  }
}

/** A key, a secret, or a list of them. */
export type SecretsInput = SecretInput | readonly SecretInput[];

/** One secret in any form. */
export type SecretInput = string | SecretOptions | Secret;

function toSecret(item: SecretInput): Secret {
  if (item instanceof Secret) return item;
  if (typeof item === "string") return new Secret({ key: item });
  if (typeof item === "object" && item !== null) return new Secret(item);
  throw invalidOption("secrets", item, "a key, { key: ... }, or a list of them");
}

function defaultEnvVar({ group, key }: SecretOptions): string {
  return [group, key]
    .filter((part) => part !== undefined)
    .join("_")
    .toUpperCase()
    .replaceAll(/[.-]/g, "_");
}
