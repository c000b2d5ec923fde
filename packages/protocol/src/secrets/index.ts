// Flyte's SecretService. It stands apart from the main entry: whoever only serves apps does not load its messages.
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
