import { AppEnvError, type ControlPlaneOptions } from "@appenv/core";
import { checkOptions, invalidOption, type OptionNames } from "@appenv/core/internal";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { connect, connectOptionNames } from "./control-plane/connect.ts";
import type { ControlPlane } from "./control-plane/control-plane.ts";
import { requirePlatform } from "./control-plane/require-platform.ts";

/**
 * The rights of a key. `admin`: everything that the platform's API offers, and calls of every app. `viewer`: it reads, but neither
 * secrets nor keys, and changes nothing; apps do not accept it.
 */
export type ApiKeyRole = "admin" | "viewer";

/** Options of `ApiKeys.create`. */
export interface ApiKeyOptions extends ControlPlaneOptions {
  /** Default: `admin`. */
  readonly role?: ApiKeyRole;
}

const optionNames: OptionNames<ApiKeyOptions> = { ...connectOptionNames, role: true };

/** A key, without its text. */
export interface ApiKeyInfo {
  /** For `ApiKeys.revoke`. */
  readonly id: string;
  /** A name for people. */
  readonly name: string;
  readonly role: ApiKeyRole;
  readonly createdAt: Date | undefined;
  /** The last request that carried it, of the API or of an app; undefined: none yet. */
  readonly lastUsedAt: Date | undefined;
}

/** A key that was just made. */
export interface NewApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: ApiKeyRole;
  /** Sent as `Authorization: Bearer KEY`. It is shown this once. */
  readonly key: string;
}

/** The keys that the embedded platform and its apps accept. Other control planes answer UNSUPPORTED. */
export const ApiKeys = {
  /** Makes a key. @throws AppEnvError INVALID_OPTION, UNREACHABLE, UNSUPPORTED. */
  async create(name: string, options: ApiKeyOptions = {}): Promise<NewApiKey> {
    checkOptions(options, "ApiKeys.create", optionNames);
    const { role = "admin", ...target } = options;
    if (role !== "admin" && role !== "viewer") throw invalidOption("role", role, '"admin" or "viewer"');
    const { keys } = await connectPlatform(target);
    const created = await keys.createApiKey({ name, role });
    if (roleOf(created.role) === role) return { id: created.id, name: created.name, role, key: created.key };
    await keys.revokeApiKey({ id: created.id });
    throw new AppEnvError("UNSUPPORTED", "This platform is older, and makes no keys of viewers.", {
      fix: "Start the platform again with this version of AppEnv.",
    });
  },
  /** All keys, the oldest first. @throws AppEnvError UNREACHABLE, UNSUPPORTED. */
  async list(options: ControlPlaneOptions = {}): Promise<readonly ApiKeyInfo[]> {
    checkOptions(options, "ApiKeys.list", connectOptionNames);
    const { apiKeys } = await (await connectPlatform(options)).keys.listApiKeys({});
    return apiKeys.map(({ id, name, role, createdAt, lastUsedAt }) => ({
      id,
      name,
      role: roleOf(role),
      createdAt: createdAt === undefined ? undefined : timestampDate(createdAt),
      lastUsedAt: lastUsedAt === undefined ? undefined : timestampDate(lastUsedAt),
    }));
  },
  /** Ends a key at once. @throws AppEnvError NOT_FOUND, UNREACHABLE, UNSUPPORTED. */
  async revoke(id: string, options: ControlPlaneOptions = {}): Promise<void> {
    checkOptions(options, "ApiKeys.revoke", connectOptionNames);
    await (await connectPlatform(options)).keys.revokeApiKey({ id });
  },
} as const;

/** A platform that knows no roles has keys of admins alone. */
function roleOf(role: string): ApiKeyRole {
  return role === "viewer" ? "viewer" : "admin";
}

async function connectPlatform(options: ControlPlaneOptions): Promise<ControlPlane> {
  const controlPlane = await connect(options);
  requirePlatform(
    controlPlane,
    "API keys",
    "Store the keys that an app accepts, separated by commas, with `appenv create secret appenv-api-keys`, and declare that " +
      'secret: `secrets: ["appenv-api-keys"]`.',
  );
  return controlPlane;
}
