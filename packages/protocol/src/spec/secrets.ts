import { create } from "@bufbuild/protobuf";
import { Secret_MountType, SecretSchema, type Secret } from "@appenv-internal/flyteidl2";
import type { SecretReference } from "../app-definition.ts";

/** References to secrets as Flyte's messages. */
export function toSecrets(secrets: readonly SecretReference[]): Secret[] {
  return secrets.map(({ key, group, envVar }) =>
    create(SecretSchema, {
      key,
      group: group ?? "",
      envVar: envVar ?? "",
      mountRequirement: envVar === undefined ? Secret_MountType.FILE : Secret_MountType.ENV_VAR,
    }),
  );
}

/** References to secrets from Flyte's messages; an empty text counts as unset. */
export function fromSecrets(secrets: readonly Secret[]): SecretReference[] {
  return secrets.map(({ key, group, envVar }) => ({
    key,
    ...(group === "" ? {} : { group }),
    ...(envVar === "" ? {} : { envVar }),
  }));
}
