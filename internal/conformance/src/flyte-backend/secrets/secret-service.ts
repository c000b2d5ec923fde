import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import {
  OverallStatus,
  StoredSecretSchema,
  type SecretIdentifier,
  type SecretService,
  type SecretSpec,
  type StoredSecret,
} from "@appenv/protocol/secrets";
import { secretKey, type KeptSecret, type SecretStore } from "./secret-store.ts";

/** The service of secrets, which are Secrets of Kubernetes. */
export function secretService({ kept }: SecretStore): ServiceImpl<typeof SecretService> {
  const find = (id: SecretIdentifier | undefined): KeptSecret => {
    const found = kept.get(secretKey(checked(id)));
    if (found === undefined) throw new ConnectError(`secret ${id?.name} not found`, Code.NotFound);
    return found;
  };
  return {
    createSecret: ({ id, secretSpec }) => {
      const place = checked(id);
      if (kept.has(secretKey(place))) {
        throw new ConnectError(`secrets "${secretKey(place)}" already exists`, Code.AlreadyExists);
      }
      kept.set(secretKey(place), { id: place, value: valueOf(secretSpec), createdAt: Date.now() });
      return {};
    },
    updateSecret: ({ id, secretSpec }) => {
      const found = find(id);
      kept.set(secretKey(found.id), { ...found, value: valueOf(secretSpec) });
      return {};
    },
    getSecret: ({ id }) => ({ secret: messageOf(find(id)) }),
    deleteSecret: ({ id }) => {
      kept.delete(secretKey(find(id).id));
      return {};
    },
    listSecrets: ({ project, domain }) => {
      const found = [...kept.values()].filter(({ id }) => id.project === project && id.domain === domain);
      return { secrets: found.map((each) => messageOf(each)) };
    },
  };
}

function checked(id: SecretIdentifier | undefined): SecretIdentifier {
  if (id === undefined) throw new ConnectError("id is required", Code.InvalidArgument);
  if (id.domain !== "" || id.project === "") return id;
  throw new ConnectError("project-scoped secrets must also specify a domain", Code.InvalidArgument);
}

function valueOf(spec: SecretSpec | undefined): string {
  if (spec?.value.case === "stringValue") return spec.value.value;
  if (spec?.value.case === "binaryValue") return Buffer.from(spec.value.value).toString();
  throw new ConnectError("string or binary value expected", Code.InvalidArgument);
}

function messageOf({ id, createdAt }: KeptSecret): StoredSecret {
  return create(StoredSecretSchema, {
    id,
    secretMetadata: {
      createdTime: timestampFromMs(createdAt),
      secretStatus: { overallStatus: OverallStatus.FULLY_PRESENT },
    },
  });
}
