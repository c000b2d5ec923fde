import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { AppEnvironment, HostListeners } from "@appenv/core";
import { report } from "../replica/app/report.ts";
import type { Attached } from "./attached.ts";
import { challenge, open, unauthenticated, type Admission, type Guard } from "./auth/auth.ts";
import { authUnavailable, retrySoon, type TokenErrors } from "./failures.ts";
import { endWithProblem, problem, type Problem } from "./problem.ts";
import { runScoped, Scoping } from "./request-scope.ts";
import { takeTicket } from "./auth/ticket-protocol.ts";
import type { Upgraded, Upgrades } from "./upgrades.ts";

/** What upgrades meet on their way. */
export interface UpgradePathOptions {
  readonly environment: AppEnvironment;
  readonly listeners: HostListeners;
  /** The server that libraries of the app attached themselves to. */
  readonly attached: Attached;
  readonly upgrades: Upgrades;
  readonly tokenErrors: TokenErrors;
}

/** An upgrade that is followed. */
interface Arrived {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly upgraded: Upgraded;
}

const noUpgrade: Problem = problem(
  404,
  "NO_UPGRADE",
  "This app takes no upgrades. A library that attaches to an http.Server is given one by `env.attach((server) => ...)`.",
);

/** The way of an upgrade from its arrival to the extension or the app that answers it. */
export class UpgradePath {
  readonly #options: UpgradePathOptions;
  readonly #scoping: Scoping;

  constructor(options: UpgradePathOptions) {
    this.#options = options;
    this.#scoping = new Scoping(options.environment);
  }

  /** Takes an upgrade. `guard`: who may send it; undefined: everybody. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer, guard: Guard | undefined): void {
    const { upgrades, tokenErrors } = this.#options;
    const offered = takeTicket(request);
    const upgraded = upgrades.follow(request, socket, offered?.answer);
    const admission = guard === undefined ? open : check(guard, request, offered?.ticket);
    const answer = (found: Admission | undefined): void => {
      if (found === undefined) return endWithProblem(socket, unauthenticated, challenge);
      upgrades.admit(upgraded, found);
      this.#passInScope({ request, socket, head, upgraded }, found);
    };
    if (!(admission instanceof Promise)) return answer(admission);
    admission.then(answer, (error: unknown) => {
      tokenErrors.report(error);
      endWithProblem(socket, authUnavailable, retrySoon);
    });
  }

  #passInScope(arrived: Arrived, admission: Admission): void {
    const { request, socket, upgraded } = arrived;
    const scope = this.#scoping.scopeOf(request, admission);
    try {
      if (scope === undefined) this.#pass(arrived);
      else runScoped(scope, socket, () => this.#pass(arrived));
    } catch (error) {
      failedUpgrade(socket, upgraded, error);
    }
  }

  #pass({ request, socket, head, upgraded }: Arrived): void {
    // A listener may be an async function.
    const settle = (result: unknown): void => {
      if (result instanceof Promise) result.catch((error: unknown) => failedUpgrade(socket, upgraded, error));
    };
    const { environment, listeners } = this.#options;
    for (const extension of environment.extensions) {
      if (extension.upgrade === undefined || !extension.matches(request)) continue;
      return settle(extension.upgrade(request, socket, head));
    }
    const { attached } = this.#options;
    if (attached.takesUpgrades) settle(attached.upgrade(request, socket, head));
    if (listeners.upgrade !== undefined) settle(listeners.upgrade(request, socket, head));
    else if (!attached.takesUpgrades) endWithProblem(socket, noUpgrade);
  }
}

/** The app threw: an upgrade that was not answered yet is, any other ends. */
function failedUpgrade(socket: Duplex, upgraded: Upgraded, error: unknown): void {
  report("the app threw while it answered an upgrade", error);
  if (upgraded.answered) socket.destroy();
  else endWithProblem(socket, problem(500, "INTERNAL", "The app failed to answer this upgrade."));
}

/** A ticket counts whatever else the request carries: browsers add what their user once typed in. */
function check(guard: Guard, request: IncomingMessage, ticket: string | undefined): ReturnType<Guard["check"]> {
  return ticket === undefined ? guard.check(request) : guard.checkTicket(ticket);
}
