import type { IncomingMessage } from "node:http";
import { createContextKey, type ContextKey } from "@connectrpc/connect";

/** The user who runs the platform: may do everything. */
export interface Owner {
  readonly kind: "owner";
}

/** An app or the tasks of an environment, by the token that its processes were given. */
export interface AppPrincipal {
  readonly kind: "app";
  /** `app:NAME`, `task-environment:NAME`, or `action:RUN/ACTION` for the program of a container. */
  readonly subject: string;
  readonly project: string;
  readonly domain: string;
}

/** The sender of a request. */
export type Principal = Owner | AppPrincipal;

/** The user who runs the platform. */
export const owner: Owner = { kind: "owner" };

/** The caller, for handlers and interceptors. Undefined: nobody has looked, so nothing is allowed. */
export const principalKey: ContextKey<Principal | undefined> = createContextKey<Principal | undefined>(undefined);

/** A request that was let in. */
export interface Admitted {
  readonly principal: Principal;
  /** True if the caller reached a proxy with TLS. */
  readonly secure: boolean;
}

const admitted = new WeakMap<IncomingMessage, Admitted>();

/** Keeps the sender of a request, for the code that answers it. */
export function admit(request: IncomingMessage, as: Admitted): void {
  admitted.set(request, as);
}

/** The sender of a request that was let in. */
export function admittedAs(request: IncomingMessage): Admitted | undefined {
  return admitted.get(request);
}
