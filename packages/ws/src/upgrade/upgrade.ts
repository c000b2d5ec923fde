import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { checkOf, unexpected } from "@appenv/core/internal";
import { endWithProblem } from "@appenv-internal/http/problem";
import { requestPath } from "@appenv-internal/http/request-path";
import { mostIssues } from "@appenv-internal/openapi/standard-schema";
import type { WebSocket } from "ws";
import type { z } from "zod";
import type { Route } from "../router/route.ts";
import { refuseOrigin } from "./origin.ts";
import { refusal, unauthenticated, type Refusal } from "./refusal.ts";

/** An upgrade that may be accepted. */
export interface Admitted {
  readonly params: unknown;
  readonly query: unknown;
  readonly identity: unknown;
}

/** An upgrade to a route. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  /** The path's parameters, as they stand there. */
  readonly params: Readonly<Record<string, string>>;
}

/** Looks at everything that can be refused before the upgrade. Never rejects. */
export async function admit(route: Route, { request, params: raw }: Upgrade): Promise<Admitted | Refusal> {
  const wrongOrigin = refuseOrigin(request, route.path, route.settings);
  if (wrongOrigin !== undefined) return wrongOrigin;
  const [, search = ""] = (request.url ?? "/").split(/\?(.*)/s);
  const params = await parsePart(route.params, "params", raw);
  const query = await parsePart(route.query, "query", readQuery(search));
  const wrong = params.refusal ?? query.refusal;
  if (wrong !== undefined) return wrong;
  const known = await identify(route.authenticate, request);
  if (known === undefined) return unauthenticated();
  return { params: params.value, query: query.value, identity: known.identity };
}

/** Answers the upgrade with 101 and hands over the socket; what is no proper handshake is refused. */
export function accept(route: Route, { request, socket, head }: Upgrade, take: (ws: WebSocket) => void): void {
  route.server.handleUpgrade(request, socket, head, take);
}

/** Answers an upgrade with a plain HTTP response and ends the connection. */
export function refuse(socket: Duplex, { problem, headers }: Refusal): void {
  endWithProblem(socket, problem, headers);
}

/** Makes `ws` refuse a bad handshake in the form of all other refusals. */
export function refuseBadHandshakes(route: Route): void {
  route.server.on("wsClientError", (error: Error, socket: Duplex) => {
    refuse(socket, refusal(400, "BAD_UPGRADE", `${error.message}.`));
  });
}

/** The query as an object: a text for each name, a list for one that is given more than once. */
function readQuery(search: string): Record<string, string | string[]> {
  const query = new URLSearchParams(search);
  const entries = [...new Set(query.keys())].map((name) => {
    const values = query.getAll(name);
    return [name, values.length === 1 ? values[0]! : values] as const;
  });
  return Object.fromEntries(entries);
}

/** The parameters or the query as the schema gives them; a refusal if they do not fit. Never rejects. */
async function parsePart(
  schema: z.ZodType | undefined,
  what: string,
  value: unknown,
): Promise<{ readonly value: unknown; readonly refusal?: Refusal }> {
  if (schema === undefined) return { value };
  const checked = await checkOf(schema)(value);
  if (checked.issues === undefined) return checked;
  const issues = checked.issues.slice(0, mostIssues);
  const places = issues.map(({ path = [], message }) => `${[what, ...path.map(String)].join("/")} ${message}`);
  return { value, refusal: refusal(400, "INVALID_PARAMETERS", places.join("; ")) };
}

/** Asks a route's `authenticate`; undefined if it does not know the client. */
async function identify(
  authenticate: ((request: IncomingMessage) => unknown) | undefined,
  request: IncomingMessage,
): Promise<{ readonly identity: unknown } | undefined> {
  if (authenticate === undefined) return { identity: undefined };
  try {
    const identity = await authenticate(request);
    return identity === undefined || identity === null || identity === false ? undefined : { identity };
  } catch (error) {
    unexpected(`authenticate failed for ${requestPath(request)}`, error);
    return undefined;
  }
}
