import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Code, ConnectError } from "@connectrpc/connect";
import { encodeEnvelope } from "@connectrpc/connect/protocol";
import { codeToHttpStatus, endStreamFlag, errorToJson } from "@connectrpc/connect/protocol-connect";

/** Answers a call with an error, in the form of the protocol that its content type names. */
export function sendRpcError(request: IncomingMessage, response: ServerResponse, error: ConnectError): void {
  const type = (request.headers["content-type"] ?? "").toLowerCase();
  if (type.startsWith("application/grpc")) return sendGrpcError(response, type, error);
  if (type.startsWith("application/connect+")) return sendStreamError(response, type, error);
  sendRefusal(response, codeToHttpStatus(error.code), error);
}

/** Answers with an error as Connect writes it, and with this HTTP status. */
export function sendRefusal(response: ServerResponse, status: number, error: ConnectError): void {
  const body = JSON.stringify(errorToJson(error, undefined));
  const headers = Object.fromEntries(error.metadata);
  response.writeHead(status, {
    ...headers,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

/** Sends an error in the headers, which gRPC allows before any message. */
function sendGrpcError(response: ServerResponse, type: string, { code, rawMessage, metadata }: ConnectError): void {
  response.writeHead(200, {
    ...Object.fromEntries(metadata),
    "content-type": type,
    "grpc-status": String(code),
    "grpc-message": encodeURIComponent(rawMessage),
  });
  response.end();
}

function sendStreamError(response: ServerResponse, type: string, error: ConnectError): void {
  const end = Buffer.from(JSON.stringify({ error: errorToJson(error, undefined) }));
  response.writeHead(200, { ...Object.fromEntries(error.metadata), "content-type": type });
  response.end(encodeEnvelope(endStreamFlag, end));
}

/** Answers requests that are for no service and no page. */
export const nothingHere: RequestListener = (request, response) => {
  if (isCall(request)) return sendRpcError(request, response, unknownMethod(request));
  response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("There is nothing here.\n");
};

/** Tells whether a request calls a method, as programs do. Browsers and people ask for pages. */
export function isCall({ method, url = "", headers }: IncomingMessage): boolean {
  const [path = "", query = ""] = url.split("?", 2);
  if (!/^\/[\w.]+\/\w+$/.test(path)) return false;
  const types = /^application\/(json|proto|connect\+|grpc)/i;
  return method === "POST" ? types.test(headers["content-type"] ?? "") : new URLSearchParams(query).has("encoding");
}

function unknownMethod({ url = "" }: IncomingMessage): ConnectError {
  const [, service = "", method = ""] = url.split("?", 1)[0]?.split("/") ?? [];
  return new ConnectError(noSuchMethod(service, method), Code.Unimplemented);
}

/** Flyte's services that this platform does not have, and the alternatives that it has. */
const instead: Readonly<Record<string, string>> = {
  "flyteidl2.artifact.ArtifactService":
    "Artifacts are kept by Union's platform; here a run's outputs are found by the run's name or labels.",
  "flyteidl2.settings.SettingsService":
    "There are no settings of domains and projects here; what they set stands in the environments of the code.",
  "flyteidl2.workflow.TrackedRunService":
    "Runs that happen elsewhere are not recorded here; start the task on this platform, with `appenv run`.",
  "flyteidl2.org.DomainService": "Every project has the domains development, staging and production.",
};

/** The reason why a method does not exist. */
function noSuchMethod(service: string, method: string): string {
  const named = `This platform has no method ${service.slice(0, 100)}/${method.slice(0, 100)}.`;
  return Object.hasOwn(instead, service) ? `${named} ${instead[service]}` : named;
}
