import type { RequestListener } from "node:http";
import { SecretService } from "@appenv/protocol/secrets";
import type { SecretStore } from "../../secrets/secret-store.ts";
import { nothingHere } from "./answer-error.ts";
import { rpcListener } from "./listener.ts";
import { secretService } from "../secret/service.ts";

/** The largest message a client may send, in bytes: a value that is too large is answered with the limit. */
const readMaxBytes = 4 * 1024 * 1024;

/** The service of secrets, over Connect, gRPC and gRPC-Web. */
export function createSecretRpc(secrets: SecretStore, shutdownSignal: AbortSignal): RequestListener {
  return rpcListener({
    readMaxBytes,
    shutdownSignal,
    fallback: nothingHere,
    routes: (router) => void router.service(SecretService, secretService(secrets)),
  });
}
