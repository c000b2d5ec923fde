import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { AppEnvironment, AppHost, HostListeners } from "@appenv/core";
import { responseToOffer } from "@appenv-internal/http/declined-offer";
import type { DrainReason, ReplicaAuth, ReplicaLoad, ReplicaTraffic } from "../ipc/replica-messages.ts";
import type { Attached } from "./attached.ts";
import { RequestChecks } from "./auth/request-checks.ts";
import { noteWait } from "./cold-start.ts";
import { Connections, type AcceptFrom } from "./connections.ts";
import { Drain } from "./drain.ts";
import { Readiness, type AskUnreachable } from "./health/readiness.ts";
import { InFlight } from "./in-flight.ts";
import { RequestTimeout } from "./limits.ts";
import { declaredBody, offersHttp2 } from "./request-head.ts";
import { RequestPath } from "./request-path.ts";
import { OwnRoutes } from "./routes.ts";
import { Traffic } from "./traffic/traffic.ts";
import { UpgradePath } from "./upgrade-path.ts";
import { Upgrades } from "./upgrades.ts";

/** The parts of an app that an ingress stands in front of. */
export interface IngressOptions {
  /** The app's name. */
  readonly name: string;
  /** Its name on the platform that runs it; calls that name another app are refused. Default: unknown, none are refused. */
  readonly servedAs?: string;
  /** Health, timeouts, limits and what is mounted. */
  readonly environment: AppEnvironment;
  /** Started already. */
  readonly host: AppHost;
  /** The listeners that the host's start gave. */
  readonly listeners: HostListeners;
  /** The server that libraries of the app attached themselves to. */
  readonly attached: Attached;
  /** The credentials that requests need. */
  readonly auth: ReplicaAuth;
  /** Finds out which apps cannot be reached. Default: that is not known. */
  readonly unreachable?: AskUnreachable;
}

/** The load of an ingress, now and since its start. */
export type IngressLoad = Omit<ReplicaLoad, "rss" | "cpuMs">;

/** 300 seconds, as on Flyte. */
const defaultRequestMs = 300_000;
/** Bounds of the time that the headers of a request may take, in milliseconds. */
const [leastHeadersMs, mostHeadersMs] = [1_000, 60_000];
/** Above the 60 seconds after which common load balancers give up an idle connection. */
const keepAliveMs = 72_000;

/**
 * The thin layer in front of an app's listeners, on node:http's own server: health, docs, auth, limits, in-flight
 * counts and drain. Requests and responses reach the app as node:http made them; the way of a request is in
 * `request-path.ts`, that of an upgrade in `upgrade-path.ts`.
 */
export class Ingress {
  /** Never listens itself; connections come through `accept` and `inject`. */
  readonly server: Server;
  readonly #routes: OwnRoutes;
  readonly #readiness: Readiness;
  readonly #checks: RequestChecks;
  readonly #inFlight: InFlight = new InFlight();
  readonly #upgrades: Upgrades = new Upgrades(this.#inFlight);
  readonly #connections: Connections;
  readonly #requestPath: RequestPath;
  readonly #upgradePath: UpgradePath;
  #drain: Drain | undefined;

  constructor(options: IngressOptions) {
    const { name, servedAs, environment, host, listeners, attached, auth } = options;
    const { health, extensions, description } = environment;
    const requestMs = environment.timeouts.requestMs ?? defaultRequestMs;
    const [upgrades, inFlight, requiresAuth] = [this.#upgrades, this.#inFlight, auth.required];
    const readiness = new Readiness(environment, options.unreachable);
    const routes = new OwnRoutes({ name, description, requiresAuth, host, extensions, health, readiness });
    const checks = new RequestChecks({ name, servedAs }, environment, auth);
    const timeout = new RequestTimeout(inFlight, requestMs);
    this.#readiness = readiness;
    this.#routes = routes;
    this.#checks = checks;
    this.#requestPath = new RequestPath({ environment, host, listeners, routes, checks, inFlight, timeout });
    this.#upgradePath = new UpgradePath({ environment, host, listeners, attached, checks, upgrades });
    this.server = this.#createServer(requestMs);
    this.#connections = new Connections(this.server);
    attached.takeOver(this.server);
  }

  /** True if health is the app's own route. */
  get healthIsApps(): boolean {
    return this.#routes.healthIsApps;
  }

  /** The checks that fail, each with the reason; empty where health is the app's own route. Never rejects. */
  async failing(): Promise<Readonly<Record<string, string>>> {
    return this.healthIsApps ? {} : this.#readiness.failing();
  }

  /** Accepts connections; resolves to the port. @throws AppEnvError PORT_IN_USE, START_FAILED. */
  accept(from: AcceptFrom): Promise<number> {
    const listening = this.#connections.accept(from);
    if (this.#drain !== undefined) this.pause();
    return listening;
  }

  /** Stops accepting; open connections stay. `accept` starts it again. */
  pause(): void {
    this.#connections.pause();
  }

  /**
   * Takes a connection that another process accepted.
   *
   * @param waitingSince - The time at which it did, in milliseconds since 1970, if the connection had to wait. Default: it had not.
   */
  inject(socket: Socket, waitingSince?: number): void {
    if (waitingSince !== undefined) noteWait(socket, waitingSince);
    this.#connections.inject(socket);
  }

  /** The load. */
  load(): IngressLoad {
    const { open: inFlight, sockets, busyMs, requests, failures, answers } = this.#inFlight;
    const connections = this.#connections.size;
    return { inFlight, connections, sockets, busyMs, requests, failures, ...answers.counts() };
  }

  /** Accepts these credentials from now on. WebSockets that were opened with a key that is not accepted any more are closed. */
  setAuth(auth: ReplicaAuth): void {
    this.#checks.setAuth(auth);
    this.#upgrades.closeRefused((credential) => this.#checks.accepts(credential));
  }

  /**
   * Passes requests on to other revisions by their weights from now on; undefined: none. Resolves when the revisions that
   * are left out have begun to answer every request they were sent.
   */
  async setTraffic(rules: ReplicaTraffic | undefined): Promise<void> {
    const before = this.#requestPath.traffic;
    const traffic = rules === undefined ? undefined : new Traffic(rules, before);
    this.#requestPath.traffic = traffic;
    this.#upgradePath.traffic = traffic;
    await before?.settledWithout(traffic);
  }

  /** Ends this many keep-alive connections after their next response. */
  rebalance(connections: number): void {
    this.#requestPath.toEnd = Math.max(this.#requestPath.toEnd, connections);
  }

  /**
   * Stops accepting and finishes what is open: responses end their connections, event streams end, WebSockets are told
   * to reconnect (1012). Idle connections end at once to stop, after a second otherwise. Resolves when nothing is
   * open, at the latest after `limitMs`. Calling it again can shorten it.
   */
  async drain(reason: DrainReason, limitMs: number): Promise<void> {
    this.pause();
    this.#requestPath.toEnd = Number.POSITIVE_INFINITY;
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
      shouldUpgradeCallback: (request) => !offersHttp2(request),
    });
    server.on("connection", (socket: Socket) =>
      this.#connections.follow(socket, () => this.#inFlight.connectionClosed(socket)),
    );
    server.on("request", (request, response) => this.#requestPath.take(request, response, false));
    server.on("checkContinue", (request, response) => this.#requestPath.take(request, response, true));
    server.on("upgrade", (request, socket, head) => this.#onUpgrade(request, socket, head));
    // Only a listening server checks header and request timeouts; it learns of it by this event.
    server.emit("listening");
    return server;
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const isRequest = offersHttp2(request) && declaredBody(request) === 0;
    if (isRequest) this.#requestPath.take(request, responseToOffer(request, socket as Socket), false);
    else this.#upgradePath.take(request, socket, head);
  }
}

/** The time that the headers of a request may take: no longer than its answer would be waited for. */
function headersLimitMs(requestMs: number): number {
  return requestMs === 0 ? mostHeadersMs : Math.min(mostHeadersMs, Math.max(requestMs, leastHeadersMs));
}
