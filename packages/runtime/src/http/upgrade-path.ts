import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { AppEnvironment, AppHost, HostExtension, HostListeners } from "@appenv/core";
import { report } from "../replica/app/report.ts";
import type { Attached } from "./attached.ts";
import type { Credential } from "./auth/credential.ts";
import type { RequestChecks } from "./auth/request-checks.ts";
import { takeTicket } from "./auth/ticket-protocol.ts";
import { authUnavailable, badHost, challenge, endWithProblem, noUpgrade } from "./problem.ts";
import { problem, retrySoon, unauthenticated } from "./problem.ts";
import { endUpgrade, RequestContexts, runInContext } from "./request-context.ts";
import { hasHost, readTarget } from "./request-head.ts";
import type { Traffic } from "./traffic/traffic.ts";
import type { Upgraded, Upgrades } from "./upgrades.ts";

/** The stations on the way of an upgrade. */
export interface UpgradePathOptions {
  readonly environment: AppEnvironment;
  readonly host: AppHost;
  readonly listeners: HostListeners;
  /** The server that libraries of the app attached themselves to. */
  readonly attached: Attached;
  readonly checks: RequestChecks;
  readonly upgrades: Upgrades;
}

/** An upgrade on its way. */
interface Arrived {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** The way of an upgrade from its arrival to what answers it: another revision, an extension or the app. */
export class UpgradePath {
  /** Routes upgrades between revisions; undefined: this one answers them all. */
  traffic: Traffic | undefined;
  readonly #options: UpgradePathOptions;
  readonly #contexts: RequestContexts;
  readonly #taker: Pick<AppHost, "routeOf"> = {
    routeOf: (request) => (this.#extensionFor(request) ?? this.#options.host).routeOf?.(request),
  };

  constructor(options: UpgradePathOptions) {
    this.#options = options;
    this.#contexts = new RequestContexts(options.environment);
  }

  /** Takes an upgrade from its connection. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    readTarget(request);
    if (!hasHost(request)) return endWithProblem(socket, badHost);
    const other = this.traffic?.choose(request);
    if (other === undefined) return this.#check({ request, socket, head });
    this.#options.upgrades.follow(request, socket);
    other.proxy.upgrade(request, socket, head, { onRefused: () => this.#check({ request, socket, head }) });
  }

  #check(arrived: Arrived): void {
    const { request, socket } = arrived;
    const { checks, upgrades } = this.#options;
    const offered = takeTicket(request);
    const upgraded = upgrades.follow(request, socket, offered?.answer);
    const credential = checks.checkUpgrade(request, offered?.ticket);
    if (!(credential instanceof Promise)) return this.#answer(arrived, upgraded, credential);
    credential.then(
      (found) => this.#answer(arrived, upgraded, found),
      () => endWithProblem(socket, authUnavailable, retrySoon),
    );
  }

  #answer(arrived: Arrived, upgraded: Upgraded, credential: Credential | undefined): void {
    const { request, socket } = arrived;
    if (credential === undefined) return endWithProblem(socket, unauthenticated, challenge);
    this.#options.upgrades.admit(upgraded, credential);
    const context = this.#contexts.contextOf(request, credential);
    try {
      if (context === undefined) this.#pass(arrived, upgraded);
      else runInContext(context, socket, () => this.#pass(arrived, upgraded));
    } catch (error) {
      context?.span?.throws(error);
      failedUpgrade(socket, upgraded, error);
    } finally {
      if (context?.span !== undefined) endUpgrade(request, this.#taker, context.span);
    }
  }

  /** The first extension that takes the upgrade; undefined: the app does. */
  #extensionFor(request: IncomingMessage): HostExtension | undefined {
    const { extensions } = this.#options.environment;
    return extensions.find((extension) => extension.upgrade !== undefined && extension.matches(request));
  }

  #pass({ request, socket, head }: Arrived, upgraded: Upgraded): void {
    // A listener may be an async function.
    const settle = (result: unknown): void => {
      if (result instanceof Promise) result.catch((error: unknown) => failedUpgrade(socket, upgraded, error));
    };
    const { listeners, attached } = this.#options;
    const extension = this.#extensionFor(request);
    if (extension?.upgrade !== undefined) return settle(extension.upgrade(request, socket, head));
    if (attached.takesUpgrades) settle(attached.upgrade(request, socket, head));
    if (listeners.upgrade !== undefined) settle(listeners.upgrade(request, socket, head));
    else if (!attached.takesUpgrades) endWithProblem(socket, noUpgrade);
  }
}

/** Ends an upgrade whose listener threw; one that was not answered yet is answered first. */
function failedUpgrade(socket: Duplex, upgraded: Upgraded, error: unknown): void {
  report("the app threw while it answered an upgrade", error);
  if (upgraded.answered) socket.destroy();
  else endWithProblem(socket, problem(500, "INTERNAL", "The app failed to answer this upgrade."));
}
