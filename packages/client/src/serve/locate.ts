import type { AppAddress } from "@appenv/core/internal";
import { App } from "../app/app.ts";
import { connect } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";

/** Finds an app's endpoint, and the token for calls of it. See `ClientInternals` of `@appenv/core`. */
export async function locate(name: string): Promise<AppAddress> {
  const [app, controlPlane] = await Promise.all([App.get(name), connect()]);
  return { endpoint: app.endpoint, token: appToken(controlPlane, name) };
}

/** A token is replaced this long before it ends, in milliseconds. */
const reserveMs = 30_000;

/**
 * Gives short-lived tokens of the platform on this machine, which authorize this process's calls of an app. Undefined on
 * other control planes, and if the platform gives none.
 */
export function appToken(controlPlane: ControlPlane, app: string): () => Promise<string | undefined> {
  let kept: { readonly token: string; readonly expiresAt: number } | undefined;
  return async () => {
    if (!controlPlane.embedded) return undefined;
    if (kept === undefined || kept.expiresAt - reserveMs <= Date.now()) {
      const { project, domain } = controlPlane;
      const body = JSON.stringify({ project, domain, app });
      const response = await controlPlane.request("/appenv/token", { method: "POST", body });
      kept = response.ok ? ((await response.json()) as { token: string; expiresAt: number }) : undefined;
    }
    return kept?.token;
  };
}
