import type { Auth } from "@appenv/core";
import type { ReplicaAuth } from "../../ipc/replica-messages.ts";
import { Guard, type TokenVerifier } from "./auth.ts";
import { JwtVerifier } from "./jwt-verifier.ts";
import { Tickets, ticketSecrets } from "./tickets.ts";

/** Makes the guards of one app, each with other rules of the platform. */
export class Guards {
  readonly #app: string;
  readonly #lifetimeMs: number;
  readonly #verifier: TokenVerifier | undefined;

  constructor(app: string, { jwt, ticketLifetimeMs }: Auth) {
    this.#app = app;
    this.#lifetimeMs = ticketLifetimeMs;
    this.#verifier = jwt === undefined ? undefined : new JwtVerifier(jwt);
  }

  /** Undefined: everybody may pass. @throws AppEnvError INVALID_OPTION. */
  guardOf(auth: ReplicaAuth): Guard | undefined {
    if (!auth.required) return undefined;
    const tickets = new Tickets({ app: this.#app, secrets: ticketSecrets(auth), lifetimeMs: this.#lifetimeMs });
    return new Guard(auth, { verifier: this.#verifier, tickets });
  }
}
