import type { IncomingMessage } from "node:http";
import type { AppEnvironment } from "@appenv/core";
import type { RouteKind } from "./routes.ts";

/** Whether an app that asks for credentials answers a request whoever sends it. */
export function isOpenPath(kind: RouteKind, request: IncomingMessage, environment: AppEnvironment): boolean {
  const { openDocs, openHealth } = environment.auth;
  if (kind === "docs") return openDocs;
  return kind === "app" ? authenticates(request, environment) : openHealth;
}

/** Whether the extension that takes the request checks its sender itself. */
function authenticates(request: IncomingMessage, { extensions }: AppEnvironment): boolean {
  if (!extensions.some((extension) => extension.authenticates === true)) return false;
  const taker = extensions.find((extension) => extension.request !== undefined && extension.matches(request));
  return taker?.authenticates === true;
}
