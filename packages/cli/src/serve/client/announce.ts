import type { App } from "@appenv/client";
import type { AppEnvironment } from "@appenv/core";
import type { Output } from "../../output/output.ts";

/** Prints where an app answers, and what its callers have to know. */
export function announce(app: App, environment: AppEnvironment, output: Output): void {
  const { name, endpoint, url } = app;
  output.result({ name, endpoint, url }, `${endpoint}\nApp '${name}' is now serving.`);
  // Adapters give an app its type and its docs; an app of hooks or of a command has neither.
  if (environment.type !== undefined) output.note(`Docs: ${endpoint}/docs`);
  if (isElsewhere(endpoint, environment.port.port)) {
    output.note(`Port ${environment.port.port} was taken, so '${name}' got another one.`);
  }
  if (environment.requiresAuth) {
    // Only AppEnv's own platform has revisions, and keys.
    output.note(
      app.revision > 0
        ? "Requests need an API key: `appenv create api-key NAME` makes one."
        : "Requests need one of the keys in the app's env var APPENV_API_KEYS, for which a secret is the place.",
    );
  }
}

/** On this machine an app has the port it asks for, unless that one was taken. */
function isElsewhere(endpoint: string, port: number): boolean {
  if (!URL.canParse(endpoint)) return false;
  const url = new URL(endpoint);
  return url.hostname === "localhost" && url.port !== "" && Number(url.port) !== port;
}
