// Secrets on a control plane. They stand apart from the main entry: whoever only serves apps does not load their messages.
export { Secrets, type Secret, type SecretScope, type SecretsOptions } from "./secret/secret.ts";
