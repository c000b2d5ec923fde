import type { IncomingMessage } from "node:http";
import type { AppEnvironment } from "@appenv/core";
import { addresseeHeader } from "@appenv/core/internal";
import type { ReplicaAuth } from "../../ipc/replica-messages.ts";
import { report } from "../../replica/app/report.ts";
import { rareHeader } from "../request-head.ts";
import type { RouteKind } from "../routes.ts";
import { Authenticator } from "./authenticator.ts";
import { noneRequired, type Credential } from "./credential.ts";
import { JwtVerifier } from "./jwt-verifier.ts";
import { Tickets, ticketSecrets, type Ticket } from "./tickets.ts";

/** The accepted credential of a request, if it has one; a promise rejects while the issuer's keys cannot be had. */
export type Checked = Credential | undefined | Promise<Credential | undefined>;

/** The names of an app. */
export interface AppNames {
  /** The app that tickets are for. */
  readonly name: string;
  /** Its name on the platform that runs it; undefined: not known, then no request is for another app. */
  readonly servedAs: string | undefined;
}

/** Decides which requests an app answers: those that are meant for it, and whose sender may send them. */
export class RequestChecks {
  readonly #names: AppNames;
  readonly #environment: AppEnvironment;
  readonly #verifier: JwtVerifier | undefined;
  /** Undefined: the app requires no credential. */
  #authenticator: Authenticator | undefined;
  #reported: unknown;

  /** @throws AppEnvError INVALID_OPTION. */
  constructor(names: AppNames, environment: AppEnvironment, auth: ReplicaAuth) {
    this.#names = names;
    this.#environment = environment;
    this.#verifier = environment.auth.jwt === undefined ? undefined : new JwtVerifier(environment.auth.jwt);
    this.setAuth(auth);
  }

  /** Accepts other credentials from now on. @throws AppEnvError INVALID_OPTION. */
  setAuth(auth: ReplicaAuth): void {
    this.#authenticator = auth.required ? this.#makeAuthenticator(auth) : undefined;
  }

  /** Answers true if a request is for another app, which answered at this endpoint before. */
  isForAnother(request: IncomingMessage): boolean {
    const { servedAs } = this.#names;
    if (servedAs === undefined) return false;
    const named = rareHeader(request, addresseeHeader);
    return named !== undefined && named !== servedAs;
  }

  /** Checks a request. */
  check(request: IncomingMessage, kind: RouteKind): Checked {
    const authenticator = this.#authenticator;
    if (authenticator === undefined || this.#isOpen(kind, request)) return noneRequired;
    return this.#reporting(authenticator.check(request));
  }

  /** Checks an upgrade. A ticket counts whatever else it carries: browsers add what their user once typed in. */
  checkUpgrade(request: IncomingMessage, ticket: string | undefined): Checked {
    const authenticator = this.#authenticator;
    if (authenticator === undefined) return noneRequired;
    return ticket === undefined ? this.#reporting(authenticator.check(request)) : authenticator.checkTicket(ticket);
  }

  /** A ticket for the owner of a credential; undefined if the app requires none. */
  makeTicket(credential: Credential): Ticket | undefined {
    return this.#authenticator?.makeTicket(credential);
  }

  /** Answers true if a credential that opened a socket would still do so. */
  accepts(credential: Credential): boolean {
    return this.#authenticator?.accepts(credential) ?? true;
  }

  #makeAuthenticator(auth: ReplicaAuth): Authenticator {
    const lifetimeMs = this.#environment.auth.ticketLifetimeMs;
    const tickets = new Tickets({ app: this.#names.name, secrets: ticketSecrets(auth), lifetimeMs });
    return new Authenticator(auth, { verifier: this.#verifier, tickets });
  }

  /** Answers true if an app that requires credentials answers the request without one. */
  #isOpen(kind: RouteKind, request: IncomingMessage): boolean {
    switch (kind) {
      case "app":
        return this.#authenticatesItself(request);
      case "docs":
        return this.#environment.auth.openDocs;
      case "health":
      case "app-health":
        return this.#environment.auth.openHealth;
      case "ticket":
        return false;
    }
  }

  /** Answers true if the extension that takes the request checks its sender itself. */
  #authenticatesItself(request: IncomingMessage): boolean {
    const { extensions } = this.#environment;
    if (!extensions.some((extension) => extension.authenticates === true)) return false;
    const taker = extensions.find((extension) => extension.request !== undefined && extension.matches(request));
    return taker?.authenticates === true;
  }

  /** Reports a token that could not be checked, once: all requests that wait for the same answer of an issuer get the same error. */
  #reporting(checked: Checked): Checked {
    if (!(checked instanceof Promise)) return checked;
    return checked.catch((error: unknown) => {
      if (this.#reported !== error)
        report(`a token could not be checked: ${error instanceof Error ? error.message : String(error)}`);
      this.#reported = error;
      throw error;
    });
  }
}
