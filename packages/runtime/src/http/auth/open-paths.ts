import type { IncomingMessage } from "node:http";
import type { AppEnvironment } from "@appenv/core";
import type { RouteKind } from "../routes.ts";

/** Whether an app that asks for credentials answers a request whoever sends it. */
export function isOpenPath(kind: RouteKind, request: IncomingMessage, environment: AppEnvironment): boolean {
  switch (kind) {
    case "app":
      return authenticates(request, environment);
    case "docs":
      return environment.auth.openDocs;
    case "health":
    case "app-health":
      return environment.auth.openHealth;
    case "ticket":
      return false;
  }
}

/** Whether the extension that takes the request checks its sender itself. */
function authenticates(request: IncomingMessage, { extensions }: AppEnvironment): boolean {
  if (!extensions.some((extension) => extension.authenticates === true)) return false;
  const taker = extensions.find((extension) => extension.request !== undefined && extension.matches(request));
  return taker?.authenticates === true;
}
