import type { IncomingMessage, ServerResponse } from "node:http";
import { type AppEnvironment, type HostListeners } from "@appenv/core";
import { addresseeHeader, misdirectedStatus } from "@appenv/core/internal";
import { challenge, open, unauthenticated, type Admission, type Guard } from "./auth/auth.ts";
import { declaredBody, limitBody } from "./body-limit.ts";
import { authUnavailable, failed, retrySoon, type TokenErrors } from "./failures.ts";
import type { InFlight } from "./traffic/in-flight.ts";
import { isOpenPath } from "./auth/open-paths.ts";
import { problem, sendProblem } from "./problem.ts";
import { runScoped, Scoping } from "./request-scope.ts";
import type { OwnRoutes, RouteKind } from "./routes.ts";
import { sendTicket } from "./auth/ticket-protocol.ts";
import type { Ticket } from "./auth/tickets.ts";

/** What requests meet on their way. */
export interface RequestPathOptions {
  readonly environment: AppEnvironment;
  /** The app's name on a platform; undefined: nobody knows under which name it is served. */
  readonly app: string | undefined;
  readonly listeners: HostListeners;
  readonly routes: OwnRoutes;
  readonly inFlight: InFlight;
  readonly tokenErrors: TokenErrors;
}

/** A request and its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly asksToContinue: boolean;
  readonly kind: RouteKind;
}

const misdirected = problem(
  misdirectedStatus,
  "MISDIRECTED",
  "The request is for another app, which answered at this address before.",
);

function isForAnother({ headers }: IncomingMessage, app: string | undefined): boolean {
  const named = headers[addresseeHeader];
  return named !== undefined && app !== undefined && named !== app;
}

/** The way of a request from its arrival to what answers it: the ingress itself, an extension or the app. */
export class RequestPath {
  /** Whether the app is about to end; health says so. */
  isDraining = false;
  readonly #options: RequestPathOptions;
  readonly #scoping: Scoping;

  constructor(options: RequestPathOptions) {
    this.#options = options;
    this.#scoping = new Scoping(options.environment);
  }

  /** Takes a request. `guard`: who may send it; undefined: everybody. */
  take(exchange: Exchange, guard: Guard | undefined): void {
    const { request, response, kind } = exchange;
    const { environment, inFlight, app } = this.#options;
    if (isForAnother(request, app)) {
      inFlight.begin(request, response, false);
      return sendProblem(response, misdirected, { Connection: "close" });
    }
    const admission = guard === undefined || isOpenPath(kind, request, environment) ? open : guard.check(request);
    const isPending = admission instanceof Promise;
    inFlight.begin(request, response, admission !== undefined && kind !== "health");
    if (!isPending) return this.#serve(exchange, guard, admission);
    admission.then(
      (found) => this.#serveLater(exchange, guard, found),
      (error: unknown) => this.#cannotTell(response, error),
    );
  }

  #serve(exchange: Exchange, guard: Guard | undefined, admission: Admission | undefined): void {
    const { request, response, asksToContinue, kind } = exchange;
    if (admission === undefined) this.#refuse(response, asksToContinue);
    else if (kind === "health") this.#settle(this.#options.routes.health(response, this.isDraining), response);
    else if (kind === "docs") this.#settle(this.#options.routes.docs(request, response), response);
    else if (kind === "ticket") this.#sendTicket(exchange, guard?.makeTicket(admission));
    else if (limitBody(request, response, this.#options.environment.limits.bodyBytes))
      this.#passInScope(exchange, admission);
  }

  #serveLater(exchange: Exchange, guard: Guard | undefined, admission: Admission | undefined): void {
    try {
      this.#serve(exchange, guard, admission);
    } catch (error) {
      failed(exchange.response, error);
    }
  }

  #cannotTell(response: ServerResponse, error: unknown): void {
    this.#options.tokenErrors.report(error);
    response.shouldKeepAlive = false;
    sendProblem(response, authUnavailable, retrySoon);
  }

  #passInScope({ request, response, asksToContinue }: Exchange, admission: Admission): void {
    const pass = (): void => this.#pass(request, response, asksToContinue);
    const scope = this.#scoping.scopeOf(request, admission);
    if (scope === undefined) pass();
    else runScoped(scope, declaredBody(request) === 0 ? undefined : request, pass);
  }

  #sendTicket({ response, asksToContinue }: Exchange, ticket: Ticket | undefined): void {
    if (ticket === undefined) return this.#refuse(response, asksToContinue);
    if (asksToContinue) response.shouldKeepAlive = false;
    sendTicket(response, ticket);
  }

  #refuse(response: ServerResponse, asksToContinue: boolean): void {
    // A client that was not told to go on sends no body, or sends it after all: the connection cannot be used again.
    if (asksToContinue) response.shouldKeepAlive = false;
    sendProblem(response, unauthenticated, challenge);
  }

  #pass(request: IncomingMessage, response: ServerResponse, asksToContinue: boolean): void {
    if (asksToContinue) response.writeContinue();
    for (const extension of this.#options.environment.extensions) {
      if (extension.request === undefined || !extension.matches(request)) continue;
      this.#settle(extension.request(request, response), response);
      return;
    }
    this.#settle(this.#options.listeners.request(request, response), response);
  }

  /** A listener may be an async function: its rejection must not end the process. */
  #settle(result: unknown, response: ServerResponse): void {
    if (result instanceof Promise) result.catch((error: unknown) => failed(response, error));
  }
}
