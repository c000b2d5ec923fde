// Flyte 2's messages of secrets.
export {
  OverallStatus,
  SecretPresenceStatus,
  SecretSchema as StoredSecretSchema,
  SecretType,
  type Secret as StoredSecret,
  type SecretIdentifier,
  type SecretSpec,
} from "../vendor/flyteidl2/secret/definition_pb.ts";
export type { ListSecretsRequest } from "../vendor/flyteidl2/secret/payload_pb.ts";
export { SecretService } from "../vendor/flyteidl2/secret/secret_pb.ts";
