// Flyte's SecretService. An entry of its own: only commands that manage secrets load its messages.
export {
  OverallStatus,
  SecretPresenceStatus,
  SecretService,
  SecretType,
  StoredSecretSchema,
  type ListSecretsRequest,
  type SecretIdentifier,
  type SecretSpec,
  type StoredSecret,
} from "@appenv-internal/flyteidl2/secrets";
