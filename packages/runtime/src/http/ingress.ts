import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { AppEnvironment, AppHost, HostListeners } from "@appenv/core";
import type { DrainReason, ReplicaAuth, ReplicaLoad, ReplicaTraffic } from "../ipc/replica-messages.ts";
import { startAcceptor, type Acceptor, type AcceptFrom } from "./traffic/acceptor.ts";
import type { Attached } from "./attached.ts";
import type { Guard } from "./auth/auth.ts";
import { declaredBody } from "./body-limit.ts";
import { Connections } from "./traffic/connections.ts";
import { Drain } from "./drain/drain.ts";
import { failed, TokenErrors } from "./failures.ts";
import { Guards } from "./auth/guards.ts";
import { isOfferOfHttp2, responseToOffer } from "./http2-offer.ts";
import { InFlight } from "./traffic/in-flight.ts";
import { endWithProblem } from "./problem.ts";
import { Readiness, type AskUnreachable } from "./health/readiness.ts";
import { RequestTimeout } from "./request-timeout.ts";
import { closeLingering } from "./drain/lingering-close.ts";
import { badHost, hasHost, readTarget } from "./request-target.ts";
import { RequestPath, type Exchange } from "./request-path.ts";
import { OwnRoutes } from "./routes.ts";
import { UpgradePath } from "./upgrade-path.ts";
import { Traffic, type OtherRevision } from "./traffic/traffic.ts";
import { Upgrades } from "./upgrades.ts";

/** What an ingress stands in front of. */
export interface IngressOptions {
  /** The app's name. */
  readonly name: string;
  /** Its name on the platform that runs it; calls that name another app are refused. Default: unknown, none are refused. */
  readonly servedAs?: string;
  /** Health, timeouts, limits and what is mounted. */
  readonly environment: AppEnvironment;
  /** Started already. */
  readonly host: AppHost;
  /** What the host's start answered. */
  readonly listeners: HostListeners;
  /** The server that libraries of the app attached themselves to. */
  readonly attached: Attached;
  /** Who may send requests. */
  readonly auth: ReplicaAuth;
  /** Tells which apps cannot be reached. Default: nobody knows. */
  readonly unreachable?: AskUnreachable;
}

/** How busy an ingress is. */
export type IngressLoad = Omit<ReplicaLoad, "rss">;

/** 300 seconds, as on Flyte. */
const defaultRequestMs = 300_000;
/** How long the headers of a request may take, in milliseconds. */
const [leastHeadersMs, mostHeadersMs] = [1_000, 60_000];
/** Above the 60 seconds after which common load balancers give up an idle connection. */
const keepAliveMs = 72_000;

/**
 * The thin layer in front of an app's listeners, on node:http's own server: health, docs, auth, limits, in-flight
 * counts and drain. Requests and responses reach the app as node:http made them.
 */
export class Ingress {
  /** Never listens itself; connections come through `accept` and `inject`. */
  readonly server: Server;
  readonly #routes: OwnRoutes;
  readonly #readiness: Readiness;
  readonly #inFlight: InFlight = new InFlight();
  readonly #connections: Connections = new Connections();
  readonly #upgrades: Upgrades = new Upgrades(this.#inFlight);
  readonly #requestPath: RequestPath;
  readonly #upgradePath: UpgradePath;
  readonly #timeout: RequestTimeout;
  readonly #acceptors: Set<Acceptor> = new Set();
  readonly #guards: Guards;
  #guard: Guard | undefined;
  #drain: Drain | undefined;
  #traffic: Traffic | undefined;
  /** How many of the next responses end their connection. */
  #toEnd = 0;

  constructor(options: IngressOptions) {
    const { environment, host, listeners } = options;
    const { health, extensions, timeouts, description } = environment;
    const [upgrades, inFlight, tokenErrors] = [this.#upgrades, this.#inFlight, new TokenErrors()];
    this.#upgradePath = new UpgradePath({ environment, listeners, attached: options.attached, upgrades, tokenErrors });
    this.#guards = new Guards(options.name, environment.auth);
    this.#guard = this.#guards.guardOf(options.auth);
    const requiresAuth = options.auth.required;
    const readiness = new Readiness(environment, options.unreachable);
    this.#readiness = readiness;
    this.#routes = new OwnRoutes({
      name: options.name,
      description,
      requiresAuth,
      host,
      extensions,
      health,
      readiness,
    });
    const routes = this.#routes;
    this.#requestPath = new RequestPath({
      environment,
      app: options.servedAs,
      listeners,
      routes,
      inFlight,
      tokenErrors,
    });
    this.#timeout = new RequestTimeout(this.#inFlight, timeouts.requestMs ?? defaultRequestMs);
    this.server = this.#createServer(timeouts.requestMs ?? defaultRequestMs);
    options.attached.takeOver(this.server);
  }

  /** Whether health is the app's own route. */
  get healthIsApps(): boolean {
    return this.#routes.healthIsApps;
  }

  /** Why its checks fail that do, by their names; empty where health is the app's own route. Never rejects. */
  async failing(): Promise<Readonly<Record<string, string>>> {
    return this.healthIsApps ? {} : this.#readiness.failing();
  }

  /** Accepts connections; resolves to the port. @throws AppEnvError PORT_IN_USE, START_FAILED. */
  accept(from: AcceptFrom): Promise<number> {
    const acceptor = startAcceptor(this.server, from);
    this.#acceptors.add(acceptor);
    if (this.#drain !== undefined) this.pause();
    return acceptor.listening;
  }

  /** Stops accepting; open connections stay. `accept` starts it again. */
  pause(): void {
    for (const acceptor of this.#acceptors) acceptor.close();
    this.#acceptors.clear();
  }

  /** Takes a connection that someone else accepted. */
  inject(socket: Socket): void {
    // It may have ended on its way here, and would never be seen to close.
    if (socket.destroyed) return;
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    this.server.emit("connection", socket);
  }

  /** How busy it is. */
  load(): IngressLoad {
    const { open: inFlight, sockets, busyMs, requests, failures } = this.#inFlight;
    return { inFlight, connections: this.#connections.size, sockets, busyMs, requests, failures };
  }

  /** Who may send requests from now on. WebSockets that were opened with a key that is not accepted any more are closed. */
  setAuth(auth: ReplicaAuth): void {
    const guard = this.#guards.guardOf(auth);
    this.#guard = guard;
    if (guard !== undefined) this.#upgrades.closeRefused((admission) => guard.accepts(admission));
  }

  /**
   * Passes requests on to other revisions by their weights from now on; undefined: none. Resolves when the revisions that
   * are left out have begun to answer every request they were sent.
   */
  async setTraffic(rules: ReplicaTraffic | undefined): Promise<void> {
    const before = this.#traffic;
    this.#traffic = rules === undefined ? undefined : new Traffic(rules, before);
    await before?.settledWithout(this.#traffic);
  }

  /** Ends this many keep-alive connections after their next response. */
  rebalance(connections: number): void {
    this.#toEnd = Math.max(this.#toEnd, connections);
  }

  /**
   * Stops accepting and finishes what is open: responses end their connections, event streams end, WebSockets are told
   * to reconnect (1012). Idle connections end at once to stop, after a second otherwise. Resolves when nothing is
   * open, at the latest after `limitMs`. Calling it again can shorten it.
   */
  async drain(reason: DrainReason, limitMs: number): Promise<void> {
    this.pause();
    this.#toEnd = Number.POSITIVE_INFINITY;
    this.#requestPath.isDraining = true;
    const parts = { connections: this.#connections, inFlight: this.#inFlight, upgrades: this.#upgrades };
    this.#drain ??= new Drain(parts);
    this.#drain.tighten(reason, limitMs);
    await this.#drain.finished;
    this.server.close();
  }

  #createServer(requestMs: number): Server {
    const headersTimeout = headersLimitMs(requestMs);
    const server = createServer({
      keepAliveTimeout: keepAliveMs,
      // node:http's limits for a client that sends slowly: for the headers, and for the whole request.
      headersTimeout,
      connectionsCheckingInterval: headersTimeout / 2,
      requestTimeout: requestMs === 0 ? 0 : Math.max(requestMs, defaultRequestMs),
      shouldUpgradeCallback: (request) => !isOfferOfHttp2(request),
    });
    server.on("connection", (socket: Socket) => {
      closeLingering(socket);
      this.#connections.follow(socket, () => this.#inFlight.connectionClosed(socket));
    });
    server.on("request", (request, response) => this.#onRequest(request, response, false));
    server.on("checkContinue", (request, response) => this.#onRequest(request, response, true));
    server.on("upgrade", (request, socket, head) => this.#onUpgrade(request, socket, head));
    // Only a listening server checks header and request timeouts; it learns of it by this event.
    server.emit("listening");
    return server;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, asksToContinue: boolean): void {
    this.#timeout.watch();
    readTarget(request);
    if (this.#toEnd > 0 && response.shouldKeepAlive) {
      this.#toEnd -= 1;
      response.shouldKeepAlive = false;
    }
    try {
      this.#answer(request, response, asksToContinue);
    } catch (error) {
      failed(response, error);
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse, asksToContinue: boolean): void {
    const kind = this.#routes.kindOf(request);
    const exchange: Exchange = { request, response, asksToContinue, kind };
    const other = kind === "health" ? undefined : this.#traffic?.choose(request, response);
    if (other === undefined) this.#requestPath.take(exchange, this.#guard);
    else this.#passOn(other, exchange);
  }

  /** Another revision answers, or this one, should that be gone. */
  #passOn({ proxy, headers }: OtherRevision, exchange: Exchange): void {
    const { request, response, asksToContinue } = exchange;
    this.#inFlight.begin(request, response, true, true);
    if (asksToContinue) response.writeContinue();
    const onRefused = (): void => this.#requestPath.take({ ...exchange, asksToContinue: false }, this.#guard);
    proxy.request(request, response, { headers, onRefused });
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!isOfferOfHttp2(request) || declaredBody(request) !== 0) {
      return this.#upgrade(request, socket, head);
    }
    this.#onRequest(request, responseToOffer(request, socket as Socket), false);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    readTarget(request);
    if (!hasHost(request)) return endWithProblem(socket, badHost);
    const here = (): void => this.#upgradePath.take(request, socket, head, this.#guard);
    const other = this.#traffic?.choose(request);
    if (other === undefined) return here();
    this.#upgrades.follow(request, socket);
    other.proxy.upgrade(request, socket, head, { onRefused: here });
  }
}

/** Headers are not waited for longer than an answer would be. */
function headersLimitMs(requestMs: number): number {
  return requestMs === 0 ? mostHeadersMs : Math.min(mostHeadersMs, Math.max(requestMs, leastHeadersMs));
}
