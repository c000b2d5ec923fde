import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { ApiKeySchema, ApiKeyService } from "@appenv/protocol";
import { invalidOption } from "@appenv/core/internal";
import type { ApiKeyStore, KeyRole, StoredApiKey } from "../../state/api-key-table.ts";
import type { KeyUses } from "../access/key-uses.ts";

/** AppEnv's own ApiKeyService. `onChange` is called when other keys are accepted than before. */
export function apiKeyService(
  keys: ApiKeyStore,
  uses: KeyUses,
  onChange: () => void,
): ServiceImpl<typeof ApiKeyService> {
  return {
    createApiKey: ({ name, role: asked }) => {
      const role = readRole(asked);
      const created = keys.create(name, role);
      onChange();
      return { ...created, role };
    },
    listApiKeys: () => {
      uses.store();
      return { apiKeys: keys.list().map(messageOf) };
    },
    revokeApiKey: ({ id }) => {
      keys.revoke(id);
      onChange();
      return {};
    },
  };
}

function messageOf({ id, name, role, createdAt, lastUsedAt }: StoredApiKey): MessageInitShape<typeof ApiKeySchema> {
  const used = lastUsedAt === undefined ? {} : { lastUsedAt: timestampFromDate(lastUsedAt) };
  return { id, name, role, createdAt: timestampFromDate(createdAt), ...used };
}

/** A role of a later version must not become an admin's. */
function readRole(asked: string): KeyRole {
  if (asked === "" || asked === "admin") return "admin";
  if (asked === "viewer") return "viewer";
  throw invalidOption("role", asked, '"admin" or "viewer"');
}
