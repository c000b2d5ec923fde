import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { ApiKeyService } from "@appenv/protocol";
import type { ApiKeyStore } from "../../state/api-key-table.ts";

/** AppEnv's own ApiKeyService. `onChange` is called when other keys are accepted than before. */
export function apiKeyService(keys: ApiKeyStore, onChange: () => void): ServiceImpl<typeof ApiKeyService> {
  return {
    createApiKey: ({ name }) => {
      const created = keys.create(name);
      onChange();
      return created;
    },
    listApiKeys: () => ({
      apiKeys: keys.list().map(({ id, name, createdAt }) => ({ id, name, createdAt: timestampFromDate(createdAt) })),
    }),
    revokeApiKey: ({ id }) => {
      keys.revoke(id);
      onChange();
      return {};
    },
  };
}
