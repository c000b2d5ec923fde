import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Route } from "../router/route.ts";
import { identify, parsePart, readQuery } from "./checks.ts";
import { refuseOrigin } from "./origin.ts";
import { refuse, type Refusal } from "./refusal.ts";

/** What was found out about an upgrade before it is accepted. */
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

/** Looks at everything that can be refused before the upgrade. */
export async function admit(route: Route, { request, params: raw }: Upgrade): Promise<Admitted | Refusal> {
  const wrongOrigin = refuseOrigin(request, route.path, route.settings);
  if (wrongOrigin !== undefined) return wrongOrigin;
  const [, search = ""] = (request.url ?? "/").split(/\?(.*)/s);
  const params = await parsePart(route.params, "params", raw);
  const query = await parsePart(route.query, "query", readQuery(search));
  const wrong = params.refusal ?? query.refusal;
  if (wrong !== undefined) return wrong;
  const known = await identify(route.authenticate, request);
  return known === undefined ? unauthenticated : { params: params.value, query: query.value, identity: known.identity };
}

/** Answers the upgrade with 101 and hands over the socket; what is no proper handshake is refused. */
export function accept(route: Route, { request, socket, head }: Upgrade, take: (ws: WebSocket) => void): void {
  route.server.handleUpgrade(request, socket, head, take);
}

/** Why no upgrade is taken while the app stops. */
export const draining: Refusal = {
  status: 503,
  code: "DRAINING",
  detail: "This replica is stopping; connect again.",
  headers: { "Retry-After": "1" },
};

/** Why an upgrade elsewhere is refused. */
export function noSocket(path: string): Refusal {
  return { status: 404, code: "NOT_FOUND", detail: `There is no socket at ${path}.` };
}

/** Makes `ws` refuse a bad handshake in the form of all other refusals. */
export function refuseBadHandshakes(route: Route): void {
  route.server.on("wsClientError", (error: Error, socket: Duplex) => {
    refuse(socket, { status: 400, code: "BAD_UPGRADE", detail: `${error.message}.` });
  });
}

const unauthenticated: Refusal = {
  status: 401,
  code: "UNAUTHENTICATED",
  detail: "This socket needs credentials, and the request carried none, or wrong ones.",
};
