import type { IncomingMessage } from "node:http";
import { createContextKey, type ContextKey, type ContextValues } from "@connectrpc/connect";
import { localUser } from "../identity/local-user.ts";
import type { AcceptedKey } from "../../state/api-key-table.ts";
import type { Session } from "./session/sessions.ts";

/** The credential of a person. */
export interface Holding {
  readonly key: AcceptedKey;
  /** The session of a browser that has signed in with the key. */
  readonly session?: Session;
}

/** The user who runs the platform, or a holder of an admin's key: may do everything. */
export interface Owner {
  readonly kind: "owner";
  /** Undefined: a process of the user who runs the platform, which needs no credential. */
  readonly by?: Holding;
}

/** A holder of a viewer's key: may read. */
export interface Viewer {
  readonly kind: "viewer";
  readonly by: Holding;
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
export type Principal = Owner | Viewer | AppPrincipal;

/** The user who runs the platform. */
export const owner: Owner = { kind: "owner" };

/** A person with a key, or a session of it. */
export function personOf(by: Holding): Owner | Viewer {
  return by.key.role === "admin" ? { kind: "owner", by } : { kind: "viewer", by };
}

/** The caller, for handlers and interceptors. Undefined: nobody has looked, so nothing is allowed. */
export const principalKey: ContextKey<Principal | undefined> = createContextKey<Principal | undefined>(undefined);

/** A request that was let in. */
export interface Admitted {
  readonly principal: Principal;
  /** True if the caller reached a proxy with TLS. */
  readonly secure: boolean;
  /** Aborted when the caller's credential ends. */
  readonly ended?: AbortSignal;
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

/** The sender of a request, as messages and logs name it. */
export function subjectOf(principal: Principal): string {
  if (principal.kind === "app") return principal.subject;
  if (principal.by === undefined) return `user:${localUser()}`;
  return `${principal.by.session === undefined ? "api-key" : "session"}:${principal.by.key.name}`;
}

/** The caller of a method, as messages and logs name it; empty if nobody has looked. */
export function callerOf({ values }: { readonly values: ContextValues }): string {
  const principal = values.get(principalKey);
  return principal === undefined ? "" : subjectOf(principal);
}
