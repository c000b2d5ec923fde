import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import {
  OverallStatus,
  SecretService,
  SecretPresenceStatus,
  StoredSecretSchema,
  type ListSecretsRequest,
  type SecretIdentifier,
  type SecretSpec,
  type StoredSecret,
} from "@appenv/protocol/secrets";
import { pageTokens } from "@appenv-internal/state/page-token";
import type { Routes } from "../rpc/listener.ts";
import { checkSecretPlace, type SecretId } from "../../secrets/secret-id.ts";
import type { SecretInfo, SecretStore } from "../../secrets/secret-store.ts";

const largestPage = 1_000;
const defaultPage = 100;

/** The service of secrets. */
export function secretServices(secrets: SecretStore): Routes {
  return (router) => void router.service(SecretService, secretService(secrets));
}

/** Flyte's SecretService. It answers with no value. There is one organization, whatever its name. */
function secretService(secrets: SecretStore): ServiceImpl<typeof SecretService> {
  return {
    createSecret: ({ id, secretSpec }) => {
      secrets.create(readId(id), readValue(secretSpec), secretSpec?.type ?? 0);
      return {};
    },
    updateSecret: ({ id, secretSpec }) => {
      secrets.update(readId(id), readValue(secretSpec), secretSpec?.type ?? 0);
      return {};
    },
    getSecret: ({ id }) => ({ secret: toMessage(secrets.get(readId(id)), id?.organization ?? "") }),
    deleteSecret: ({ id }) => {
      secrets.remove(readId(id));
      return {};
    },
    listSecrets: (request) => listSecrets(secrets, request),
  };
}

/** The secrets of exactly the place that is named, by name. A page continues after the name that the one before ended with. */
function listSecrets(
  secrets: SecretStore,
  { project, domain, limit, token, organization }: ListSecretsRequest,
): { secrets: StoredSecret[]; token: string } {
  checkSecretPlace({ project, domain });
  const tokens = pageTokens("secrets", { project, domain });
  const [after = ""] = (tokens.read(token) ?? []) as readonly string[];
  const size = limit > 0 ? Math.min(limit, largestPage) : defaultPage;
  const found = secrets.list({ project, domain }, size + 1, after);
  const page = found.slice(0, size);
  const last = found.length > size ? page.at(-1) : undefined;
  return {
    secrets: page.map((info) => toMessage(info, organization)),
    token: last === undefined ? "" : tokens.write([last.name]),
  };
}

function readId(id: SecretIdentifier | undefined): SecretId {
  if (id !== undefined) return { project: id.project, domain: id.domain, name: id.name };
  throw new AppEnvError("INVALID_OPTION", "The request names no secret.", { fix: "Set `id`." });
}

function readValue(spec: SecretSpec | undefined): Uint8Array {
  switch (spec?.value.case) {
    case "stringValue":
      return Buffer.from(spec.value.value);
    case "binaryValue":
      return spec.value.value;
    default:
      throw new AppEnvError("INVALID_OPTION", "The request has no value for the secret.", {
        fix: "Set `secret_spec.string_value` or `secret_spec.binary_value`.",
      });
  }
}

/** A secret as Flyte's message. One that cannot be read has an unknown status, and is missing in the only cluster. */
function toMessage(info: SecretInfo, organization: string): StoredSecret {
  const { project, domain, name, type, createdAt, readable } = info;
  return create(StoredSecretSchema, {
    id: { organization, project, domain, name },
    secretMetadata: {
      createdTime: timestampFromDate(createdAt),
      type,
      secretStatus: {
        overallStatus: readable ? OverallStatus.FULLY_PRESENT : OverallStatus.UNKNOWN_STATUS,
        clusterStatus: [
          {
            cluster: { organization, name: "local" },
            presenceStatus: readable ? SecretPresenceStatus.PRESENT : SecretPresenceStatus.MISSING,
          },
        ],
      },
    },
  });
}
