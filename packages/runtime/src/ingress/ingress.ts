import { createServer, ServerResponse, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { AppEnvironment, AppHost, HostListeners } from "@appenv/core";
import { report } from "../app/report.ts";
import type { DrainReason, ReplicaAuth, ReplicaLoad } from "../replica/messages.ts";
import { startAcceptor, type Acceptor, type AcceptFrom } from "./acceptor.ts";
import { challenge, Guard, open, unauthenticated, type Admission, type TokenVerifier } from "./auth.ts";
import { countBody, declaredBody } from "./body-limit.ts";
import { Connections } from "./connections.ts";
import { Drain } from "./drain.ts";
import { InFlight } from "./in-flight.ts";
import { endWithProblem, problem, sendProblem, type Problem } from "./problem.ts";
import { RequestTimeout } from "./request-timeout.ts";
import { runScoped, scopeOf } from "./request-scope.ts";
import { JwtVerifier } from "./jwt-verifier.ts";
import { OwnRoutes, type RouteKind } from "./routes.ts";
import { Upgrades } from "./upgrades.ts";

/** What an ingress stands in front of. */
export interface IngressOptions {
  /** The app's name. */
  readonly name: string;
  /** Health, timeouts, limits and what is mounted. */
  readonly environment: AppEnvironment;
  /** Started already. */
  readonly host: AppHost;
  /** What the host's start answered. */
  readonly listeners: HostListeners;
  /** Who may send requests. */
  readonly auth: ReplicaAuth;
}

/** A request and its answer. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly asksToContinue: boolean;
  readonly kind: RouteKind;
}

/** How busy an ingress is. */
export type IngressLoad = Omit<ReplicaLoad, "rss">;

/** 300 seconds, as on Flyte. */
const defaultRequestMs = 300_000;
/** Above the 60 seconds after which common load balancers give up an idle connection. */
const keepAliveMs = 72_000;

/**
 * The thin layer in front of an app's listeners, on node:http's own server: health, docs, auth, limits, in-flight
 * counts and drain. Requests and responses reach the app as node:http made them.
 */
export class Ingress {
  /** Never listens itself; connections come through `accept` and `inject`. */
  readonly server: Server;
  readonly #listeners: HostListeners;
  readonly #environment: AppEnvironment;
  readonly #routes: OwnRoutes;
  readonly #inFlight: InFlight = new InFlight();
  readonly #connections: Connections = new Connections();
  readonly #upgrades: Upgrades = new Upgrades(this.#inFlight);
  readonly #timeout: RequestTimeout;
  readonly #acceptors: Set<Acceptor> = new Set();
  /** Whether it depends on others, whom it may call. */
  readonly #calls: boolean;
  readonly #verifier: TokenVerifier | undefined;
  #guard: Guard | undefined;
  /** The last error of a token that could not be checked. */
  #reported: unknown;
  #drain: Drain | undefined;
  /** How many of the next responses end their connection. */
  #toEnd = 0;

  constructor(options: IngressOptions) {
    const { environment, host } = options;
    const { health, extensions, timeouts, description } = environment;
    this.#environment = environment;
    this.#calls = environment.dependsOn.length > 0;
    this.#listeners = options.listeners;
    const { jwt } = environment.auth;
    this.#verifier = jwt === undefined ? undefined : new JwtVerifier(jwt);
    this.#guard = options.auth.required ? new Guard(options.auth, this.#verifier) : undefined;
    const requiresAuth = options.auth.required;
    this.#routes = new OwnRoutes({ name: options.name, description, requiresAuth, host, extensions, health });
    this.#timeout = new RequestTimeout(this.#inFlight, timeouts.requestMs ?? defaultRequestMs);
    this.server = this.#createServer(timeouts.requestMs ?? defaultRequestMs);
  }

  /** Whether health is the app's own route. */
  get healthIsApps(): boolean {
    return this.#routes.healthIsApps;
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
    const { open: inFlight, sockets, busyMs, requests } = this.#inFlight;
    return { inFlight, connections: this.#connections.size, sockets, busyMs, requests };
  }

  /** Who may send requests from now on. WebSockets that were opened with a key that is not accepted any more are closed. */
  setAuth(auth: ReplicaAuth): void {
    const guard = auth.required ? new Guard(auth, this.#verifier) : undefined;
    this.#guard = guard;
    if (guard !== undefined) this.#upgrades.closeRefused((admission) => guard.accepts(admission));
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
    const parts = { connections: this.#connections, inFlight: this.#inFlight, upgrades: this.#upgrades };
    this.#drain ??= new Drain(parts);
    this.#drain.tighten(reason, limitMs);
    await this.#drain.finished;
    this.server.close();
  }

  #createServer(requestMs: number): Server {
    const server = createServer({
      keepAliveTimeout: keepAliveMs,
      // node:http's limits for a client that sends slowly: 60 seconds for the headers, this for the whole request.
      headersTimeout: 60_000,
      requestTimeout: requestMs === 0 ? 0 : Math.max(requestMs, defaultRequestMs),
      // Some clients offer HTTP/2 with every request; an offer that is not taken leaves a plain request.
      shouldUpgradeCallback: (request) => !isOfferOfHttp2(request),
    });
    server.on("connection", (socket: Socket) =>
      this.#connections.follow(socket, () => this.#inFlight.connectionClosed(socket)),
    );
    server.on("request", (request, response) => this.#onRequest(request, response, false));
    server.on("checkContinue", (request, response) => this.#onRequest(request, response, true));
    server.on("upgrade", (request, socket, head) => this.#onUpgrade(request, socket, head));
    // Only a listening server checks header and request timeouts; it learns of it by this event.
    server.emit("listening");
    return server;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, asksToContinue: boolean): void {
    this.#timeout.watch();
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
    const exchange = { request, response, asksToContinue, kind };
    const admission = this.#needsNothing(kind, request) ? open : this.#guard?.check(request);
    const isPending = admission instanceof Promise;
    this.#inFlight.begin(request, response, admission !== undefined && kind !== "health");
    if (!isPending) return this.#serve(exchange, admission);
    admission.then(
      (found) => this.#serveLater(exchange, found),
      (error: unknown) => this.#cannotTell(response, error),
    );
  }

  /** Whether a request is answered whoever sends it. */
  #needsNothing(kind: RouteKind, request: IncomingMessage): boolean {
    if (this.#guard === undefined) return true;
    const { openDocs, openHealth } = this.#environment.auth;
    if (kind === "docs") return openDocs;
    return kind === "app" ? this.#authenticates(request) : openHealth;
  }

  #serve(exchange: Exchange, admission: Admission | undefined): void {
    const { request, response, asksToContinue, kind } = exchange;
    if (admission === undefined) this.#refuse(response, asksToContinue);
    else if (kind === "health") this.#settle(this.#routes.health(response, this.#drain !== undefined), response);
    else if (kind === "docs") this.#settle(this.#routes.docs(request, response), response);
    else if (this.#limitBody(request, response)) this.#passInScope(exchange, admission);
  }

  #serveLater(exchange: Exchange, admission: Admission | undefined): void {
    try {
      this.#serve(exchange, admission);
    } catch (error) {
      failed(exchange.response, error);
    }
  }

  /** All requests that wait for the same answer of an issuer get the same error. */
  #reportOnce(error: unknown): void {
    if (this.#reported === error) return;
    this.#reported = error;
    report(`a token could not be checked: ${error instanceof Error ? error.message : String(error)}`);
  }

  #cannotTell(response: ServerResponse, error: unknown): void {
    this.#reportOnce(error);
    response.shouldKeepAlive = false;
    sendProblem(response, authUnavailable, { "Retry-After": "5" });
  }

  #passInScope({ request, response, asksToContinue }: Exchange, admission: Admission): void {
    const pass = (): void => this.#pass(request, response, asksToContinue);
    const scope = scopeOf(request, admission, this.#calls);
    if (scope === undefined) pass();
    else runScoped(scope, declaredBody(request) === 0 ? undefined : request, pass);
  }

  /** Whether the extension that takes the request checks its sender itself. */
  #authenticates(request: IncomingMessage): boolean {
    const { extensions } = this.#environment;
    if (!extensions.some(({ authenticates }) => authenticates === true)) return false;
    const taker = extensions.find((extension) => extension.request !== undefined && extension.matches(request));
    return taker?.authenticates === true;
  }

  #refuse(response: ServerResponse, asksToContinue: boolean): void {
    // A client that was not told to go on sends no body, or sends it after all: the connection cannot be used again.
    if (asksToContinue) response.shouldKeepAlive = false;
    sendProblem(response, unauthenticated, challenge);
  }

  /** Whether the request may go on; one that is too large is answered. */
  #limitBody(request: IncomingMessage, response: ServerResponse): boolean {
    const limit = this.#environment.limits.bodyBytes;
    const length = declaredBody(request);
    if (length === "unknown") countBody(request, limit, () => tooLarge(request, response, limit));
    else if (length > limit) tooLarge(request, response, limit);
    return length === "unknown" || length <= limit;
  }

  #pass(request: IncomingMessage, response: ServerResponse, asksToContinue: boolean): void {
    if (asksToContinue) response.writeContinue();
    for (const extension of this.#environment.extensions) {
      if (extension.request === undefined || !extension.matches(request)) continue;
      this.#settle(extension.request(request, response), response);
      return;
    }
    this.#settle(this.#listeners.request(request, response), response);
  }

  /** A listener may be an async function: its rejection must not end the process. */
  #settle(result: unknown, response: ServerResponse): void {
    if (result instanceof Promise) result.catch((error: unknown) => failed(response, error));
  }

  /** Before 24.9, Node knows no `shouldUpgradeCallback` and reports an offer of HTTP/2 as an upgrade. */
  #answerOffer(request: IncomingMessage, socket: Socket): void {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once("finish", () => socket.destroySoon());
    this.#onRequest(request, response, false);
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (isOfferOfHttp2(request) && declaredBody(request) === 0) return this.#answerOffer(request, socket as Socket);
    const upgraded = this.#upgrades.follow(request, socket);
    const admission = this.#guard === undefined ? open : this.#guard.check(request);
    const answer = (found: Admission | undefined): void => {
      if (found === undefined) return endWithProblem(socket, unauthenticated, challenge);
      upgraded.admission = found;
      this.#passUpgradeInScope(request, socket, head, found);
    };
    if (!(admission instanceof Promise)) return answer(admission);
    admission.then(answer, (error: unknown) => {
      this.#reportOnce(error);
      endWithProblem(socket, authUnavailable, { "Retry-After": "5" });
    });
  }

  #passUpgradeInScope(request: IncomingMessage, socket: Duplex, head: Buffer, admission: Admission): void {
    const scope = scopeOf(request, admission, this.#calls);
    try {
      if (scope === undefined) this.#passUpgrade(request, socket, head);
      else runScoped(scope, socket, () => this.#passUpgrade(request, socket, head));
    } catch (error) {
      report("the app threw while it answered an upgrade", error);
      socket.destroy();
    }
  }

  #passUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    for (const extension of this.#environment.extensions) {
      if (extension.upgrade === undefined || !extension.matches(request)) continue;
      extension.upgrade(request, socket, head);
      return;
    }
    if (this.#listeners.upgrade === undefined) endWithProblem(socket, noUpgrade);
    else this.#listeners.upgrade(request, socket, head);
  }
}

const authUnavailable: Problem = problem(503, "AUTH_UNAVAILABLE", "The token cannot be checked at the moment.");

const noUpgrade: Problem = problem(404, "NO_UPGRADE", "This app takes no upgrades.");

function isOfferOfHttp2({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "h2c";
}

function tooLarge(request: IncomingMessage, response: ServerResponse, limit: number): void {
  const detail = `The body of a request may have at most ${limit} bytes.`;
  request.resume();
  if (response.headersSent || response.socket === null) request.socket.destroy();
  else endWithProblem(response.socket, problem(413, "BODY_TOO_LARGE", detail));
}

function failed(response: ServerResponse, error: unknown): void {
  report("the app threw while it answered a request", error);
  if (response.headersSent) response.destroy();
  else sendProblem(response, problem(500, "INTERNAL", "The app failed to answer this request."));
}
