import { type ControlPlaneOptions } from "@appenv/core";
import { checkOptions } from "@appenv/core/internal";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { connect, connectOptionNames } from "./control-plane/connect.ts";
import type { ControlPlane } from "./control-plane/control-plane.ts";
import { requirePlatform } from "./control-plane/require-platform.ts";

/** A key apps accept, without its text. */
export interface ApiKeyInfo {
  /** For `ApiKeys.revoke`. */
  readonly id: string;
  /** A name for people. */
  readonly name: string;
  readonly createdAt: Date | undefined;
}

/** A key that was just made. */
export interface NewApiKey {
  readonly id: string;
  readonly name: string;
  /** Sent as `Authorization: Bearer KEY`. It is shown this once. */
  readonly key: string;
}

/** The keys the apps of the embedded platform accept. Other control planes answer UNSUPPORTED. */
export const ApiKeys = {
  /** Makes a key. @throws AppEnvError UNREACHABLE, UNSUPPORTED. */
  async create(name: string, options: ControlPlaneOptions = {}): Promise<NewApiKey> {
    checkOptions(options, "ApiKeys.create", connectOptionNames);
    const { id, name: stored, key } = await (await connectPlatform(options)).keys.createApiKey({ name });
    return { id, name: stored, key };
  },
  /** All keys, the oldest first. @throws AppEnvError UNREACHABLE, UNSUPPORTED. */
  async list(options: ControlPlaneOptions = {}): Promise<readonly ApiKeyInfo[]> {
    checkOptions(options, "ApiKeys.list", connectOptionNames);
    const { apiKeys } = await (await connectPlatform(options)).keys.listApiKeys({});
    return apiKeys.map(({ id, name, createdAt }) => ({
      id,
      name,
      createdAt: createdAt === undefined ? undefined : timestampDate(createdAt),
    }));
  },
  /** Ends a key at once. @throws AppEnvError NOT_FOUND, UNREACHABLE, UNSUPPORTED. */
  async revoke(id: string, options: ControlPlaneOptions = {}): Promise<void> {
    checkOptions(options, "ApiKeys.revoke", connectOptionNames);
    await (await connectPlatform(options)).keys.revokeApiKey({ id });
  },
} as const;

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
