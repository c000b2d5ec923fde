import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { ApiKeyService } from "@appenv/protocol";
import { invalidOption } from "@appenv/core/internal";
import type { ApiKeyStore, KeyRole } from "../../state/api-key-table.ts";

/** AppEnv's own ApiKeyService. `onChange` is called when other keys are accepted than before. */
export function apiKeyService(keys: ApiKeyStore, onChange: () => void): ServiceImpl<typeof ApiKeyService> {
  return {
    createApiKey: ({ name, role: asked }) => {
      const role = readRole(asked);
      const created = keys.create(name, role);
      onChange();
      return { ...created, role };
    },
    listApiKeys: () => ({
      apiKeys: keys.list().map(({ id, name, role, createdAt }) => ({
        id,
        name,
        role,
        createdAt: timestampFromDate(createdAt),
      })),
    }),
    revokeApiKey: ({ id }) => {
      keys.revoke(id);
      onChange();
      return {};
    },
  };
}

/** A role of a later version must not become an admin's. */
function readRole(asked: string): KeyRole {
  if (asked === "" || asked === "admin") return "admin";
  if (asked === "viewer") return "viewer";
  throw invalidOption("role", asked, '"admin" or "viewer"');
}
