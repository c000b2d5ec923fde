import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { Code, ConnectError, createConnectRouter, createContextValues, type ConnectRouter } from "@connectrpc/connect";
import {
  compressionBrotli,
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import type { UniversalHandler, UniversalServerRequest } from "@connectrpc/connect/protocol";
import { unexpected } from "@appenv/core/internal";
import { once } from "../../process/once.ts";
import { checkAuthority } from "../access/authority.ts";
import { auditKey, type Audit } from "../access/audit.ts";
import { admittedAs, principalKey } from "../access/principal.ts";
import { blameCaller } from "./blame-caller.ts";
import { sendRefusal, sendRpcError } from "./answer-error.ts";
import { toConnectError, translateErrors } from "./errors.ts";

/** Adds services to a router. */
export type Routes = (router: ConnectRouter) => void;

/** Services that are loaded together, with the first call of one of them. */
export interface ServiceGroup {
  /** The full names of services, and of single methods as `SERVICE/METHOD`, which go before their service's. */
  readonly names: readonly string[];
  /** The largest message a client may send, in bytes. */
  readonly readMaxBytes: number;
  /** Loads what the services work with, such as the runtime of tasks. If it fails, the next call tries again. */
  readonly open: () => Promise<Routes>;
}

/** Options of a listener of calls. */
export interface RpcListenerOptions {
  readonly groups: readonly ServiceGroup[];
  /** Ends all streams. */
  readonly shutdownSignal: AbortSignal;
  /** Answers the calls of other services. */
  readonly fallback: RequestListener;
  /** Keeps the changes of people. */
  readonly audit: Audit;
}

type Handlers = ReadonlyMap<string, UniversalHandler>;

/**
 * Services over Connect, gRPC and gRPC-Web. The one place where a service is wrapped: its group is opened with its first
 * call, callers without the right to call it are refused, and what it throws becomes an error of Connect. As
 * `connectNodeAdapter`, but a message that cannot be read is the caller's mistake, and every refusal has the form of the
 * caller's protocol.
 */
export function rpcListener({ groups, fallback, shutdownSignal, audit }: RpcListenerOptions): RequestListener {
  const openings = new Map<string, () => Promise<Handlers>>();
  for (const group of groups) {
    const handlers = once(() => openGroup(group, shutdownSignal));
    for (const name of group.names) openings.set(name, handlers.get);
  }
  return (request, response) => {
    const [path = ""] = (request.url ?? "").split("?", 1);
    const [, service = "", method = ""] = path.split("/");
    const open = openings.get(`${service}/${method}`) ?? openings.get(service);
    if (open === undefined) return fallback(request, response);
    open()
      .then(
        (handlers) => {
          const handler = handlers.get(path);
          return handler === undefined ? fallback(request, response) : answer(handler, request, response, audit);
        },
        (error: unknown) => sendRpcError(request, response, toConnectError(error)),
      )
      .catch((error: unknown) => {
        // The caller is gone, or the platform closes.
        if (ConnectError.from(error).code !== Code.Aborted) unexpected(`The call ${path} could not be answered`, error);
      });
  };
}

async function openGroup({ open, readMaxBytes }: ServiceGroup, shutdownSignal: AbortSignal): Promise<Handlers> {
  const routes = await open();
  const router = createConnectRouter({
    readMaxBytes,
    shutdownSignal,
    interceptors: [translateErrors, checkAuthority],
    acceptCompression: [compressionGzip, compressionBrotli],
  });
  routes(router);
  return new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
}

async function answer(
  handler: UniversalHandler,
  request: IncomingMessage,
  response: ServerResponse,
  audit: Audit,
): Promise<void> {
  const unreadable = unreadableQuery(request);
  if (unreadable !== undefined) return sendRpcError(request, response, unreadable);
  const answered = await handler(universalRequest(request, response, audit));
  const refusal = answered.body === undefined ? refusalOf(answered.status, request, handler) : undefined;
  if (refusal !== undefined) return sendRefusal(response, answered.status, refusal);
  await universalResponseToNodeResponse(await blameCaller(answered), response);
}

/** Adds the caller, the end of the caller's credential, and the URL at which the caller has reached the platform. */
function universalRequest(request: IncomingMessage, response: ServerResponse, audit: Audit): UniversalServerRequest {
  const { principal, secure = false, ended } = admittedAs(request) ?? {};
  const values = createContextValues().set(principalKey, principal).set(auditKey, audit);
  const universal = universalRequestFromNodeRequest(request, response, undefined, values);
  const signal = ended === undefined ? universal.signal : AbortSignal.any([universal.signal, ended]);
  const url = secure ? universal.url.replace(/^http:/, "https:") : universal.url;
  return { ...universal, url, signal };
}

/** Connect decodes the message of a GET, and answers 500 if that fails. */
function unreadableQuery({ method, url = "" }: IncomingMessage): ConnectError | undefined {
  if (method !== "GET") return undefined;
  const query = new URLSearchParams(url.split("?", 2)[1]);
  if (query.get("base64") !== "1") return undefined;
  try {
    base64Decode(query.get("message") ?? "");
    return undefined;
  } catch {
    return new ConnectError("The query parameter `message` is not base64.", Code.InvalidArgument);
  }
}

/** The error for a refusal that Connect answers with a status alone. */
function refusalOf(
  status: number,
  { method, headers }: IncomingMessage,
  handler: UniversalHandler,
): ConnectError | undefined {
  if (status === 405) {
    const allow = handler.allowedMethods.filter((each, index, all) => all.indexOf(each) === index).join(", ");
    return new ConnectError(`This method is called with ${allow}, not with ${method}.`, Code.Unimplemented, { allow });
  }
  if (status === 415) {
    const type = method === "GET" ? "encoding" : `content type '${headers["content-type"]?.slice(0, 100) ?? ""}'`;
    const takes =
      handler.method.methodKind === "unary"
        ? "application/json, application/proto"
        : "application/connect+json, application/connect+proto";
    return new ConnectError(
      `No message has the ${type}: this method takes ${takes}, gRPC and gRPC-Web.`,
      Code.InvalidArgument,
      { "accept-post": takes },
    );
  }
  return status === 505 ? new ConnectError("Streams in both directions need HTTP/2.", Code.Unimplemented) : undefined;
}
