import type { IncomingMessage, ServerResponse } from "node:http";
import type { AppEnvironment, AppHost, HostExtension, HostListeners } from "@appenv/core";
import { report } from "../replica/app/report.ts";
import type { Credential } from "./auth/credential.ts";
import type { RequestChecks } from "./auth/request-checks.ts";
import { sendTicket } from "./auth/ticket-protocol.ts";
import type { Ticket } from "./auth/tickets.ts";
import { limitBody, type RequestTimeout } from "./limits.ts";
import {
  authUnavailable,
  challenge,
  misdirected,
  problem,
  retrySoon,
  sendProblem,
  unauthenticated,
} from "./problem.ts";
import { endWith, RequestContexts, runInContext } from "./request-context.ts";
import { declaredBody, readTarget } from "./request-head.ts";
import type { OwnRoutes, RouteKind } from "./routes.ts";
import type { InFlight } from "./in-flight.ts";
import type { OtherRevision, Traffic } from "./traffic/traffic.ts";

/** The stations on the way of a request. */
export interface RequestPathOptions {
  readonly environment: AppEnvironment;
  readonly host: AppHost;
  readonly listeners: HostListeners;
  readonly routes: OwnRoutes;
  readonly checks: RequestChecks;
  readonly inFlight: InFlight;
  readonly timeout: RequestTimeout;
}

/** A request on its way. */
interface Arrived {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** True if its client waits for `100 Continue` before it sends the body. */
  readonly asksToContinue: boolean;
  readonly kind: RouteKind;
}

/** The way of a request from its arrival to what answers it: another revision, the ingress itself, an extension or the app. */
export class RequestPath {
  /** True once the app is about to end; health says so. */
  isDraining = false;
  /** The number of next responses that end their connection. */
  toEnd = 0;
  /** Routes requests between revisions; undefined: this one answers them all. */
  traffic: Traffic | undefined;
  readonly #options: RequestPathOptions;
  readonly #contexts: RequestContexts;

  constructor(options: RequestPathOptions) {
    this.#options = options;
    this.#contexts = new RequestContexts(options.environment);
  }

  /** Takes a request from its connection. */
  take(request: IncomingMessage, response: ServerResponse, asksToContinue: boolean): void {
    this.#options.timeout.watch();
    readTarget(request);
    if (this.toEnd > 0 && response.shouldKeepAlive) {
      this.toEnd -= 1;
      response.shouldKeepAlive = false;
    }
    try {
      const kind = this.#options.routes.kindOf(request);
      const other = kind === "health" ? undefined : this.traffic?.choose(request, response);
      const arrived: Arrived = { request, response, asksToContinue, kind };
      if (other === undefined) this.#check(arrived);
      else this.#passOn(other, arrived);
    } catch (error) {
      failed(response, error);
    }
  }

  /** Another revision answers, or this one, should that be gone. */
  #passOn({ proxy, headers }: OtherRevision, arrived: Arrived): void {
    const { request, response, asksToContinue } = arrived;
    this.#options.inFlight.begin(request, response, true, true);
    if (asksToContinue) response.writeContinue();
    const onRefused = (): void => this.#check({ ...arrived, asksToContinue: false });
    proxy.request(request, response, { headers, onRefused });
  }

  #check(arrived: Arrived): void {
    const { request, response, kind } = arrived;
    const { checks, inFlight } = this.#options;
    if (checks.isForAnother(request)) {
      inFlight.begin(request, response, false);
      return sendProblem(response, misdirected, { Connection: "close" });
    }
    const credential = checks.check(request, kind);
    inFlight.begin(request, response, credential !== undefined && kind !== "health");
    if (!(credential instanceof Promise)) return this.#answer(arrived, credential);
    credential.then(
      (found) => this.#answerLater(arrived, found),
      () => {
        response.shouldKeepAlive = false;
        sendProblem(response, authUnavailable, retrySoon);
      },
    );
  }

  #answerLater(arrived: Arrived, credential: Credential | undefined): void {
    try {
      this.#answer(arrived, credential);
    } catch (error) {
      failed(arrived.response, error);
    }
  }

  #answer(arrived: Arrived, credential: Credential | undefined): void {
    const { request, response, kind } = arrived;
    const { routes, checks, environment } = this.#options;
    if (credential === undefined) this.#refuse(arrived);
    else if (kind === "health") settle(routes.health(response, this.isDraining), response);
    else if (kind === "docs") settle(routes.docs(request, response), response);
    else if (kind === "ticket") this.#sendTicket(arrived, checks.makeTicket(credential));
    else if (limitBody(request, response, environment.limits.bodyBytes)) {
      const extension = this.#extensionFor(request);
      const context = this.#contexts.contextOf(request, credential);
      if (context === undefined) return this.#pass(arrived, extension);
      if (context.span !== undefined) endWith(response, request, extension ?? this.#options.host, context.span);
      const body = declaredBody(request) === 0 ? undefined : request;
      runInContext(context, body, () => this.#pass(arrived, extension));
    }
  }

  #refuse({ response, asksToContinue }: Arrived): void {
    // A client that was not told to go on sends no body, or sends it after all: the connection cannot be used again.
    if (asksToContinue) response.shouldKeepAlive = false;
    sendProblem(response, unauthenticated, challenge);
  }

  #sendTicket(arrived: Arrived, ticket: Ticket | undefined): void {
    if (ticket === undefined) return this.#refuse(arrived);
    if (arrived.asksToContinue) arrived.response.shouldKeepAlive = false;
    sendTicket(arrived.response, ticket);
  }

  /** The first extension that takes the request; undefined: the app does. */
  #extensionFor(request: IncomingMessage): HostExtension | undefined {
    for (const extension of this.#options.environment.extensions) {
      if (extension.request !== undefined && extension.matches(request)) return extension;
    }
    return undefined;
  }

  #pass({ request, response, asksToContinue }: Arrived, extension: HostExtension | undefined): void {
    if (asksToContinue) response.writeContinue();
    if (extension?.request !== undefined) settle(extension.request(request, response), response);
    else settle(this.#options.listeners.request(request, response), response);
  }
}

/** Looks after a listener that may be an async function: its rejection must not end the process. */
function settle(result: unknown, response: ServerResponse): void {
  if (result instanceof Promise) result.catch((error: unknown) => failed(response, error));
}

/** Answers a request whose listener threw. */
function failed(response: ServerResponse, error: unknown): void {
  report("the app threw while it answered a request", error);
  if (response.headersSent) response.destroy();
  else sendProblem(response, problem(500, "INTERNAL", "The app failed to answer this request."));
}
