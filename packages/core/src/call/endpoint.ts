import { appContext } from "../control/app-context.ts";
import { AppEnvError } from "../errors/appenv-error.ts";
import { toldEndpoint } from "./known-apps.ts";
import { servedHere } from "./served-here.ts";

/** The app that is looked for. */
interface Named {
  readonly name: string;
}

/** See `AppEnvironment.endpoint`. */
export function endpointOf(environment: Named): string {
  const endpoint = findEndpoint(environment);
  if (endpoint !== undefined) return endpoint;
  throw new AppEnvError("NO_ENDPOINT", `Where '${environment.name}' answers is not known here.`, { fix: fixOf() });
}

/** The endpoint of an app, as far as this process knows it. */
export function findEndpoint(environment: Named): string | undefined {
  return servedHere(environment)?.endpoint ?? toldEndpoint(environment.name);
}

function fixOf(): string {
  return appContext().mode === "remote"
    ? "Add it to `dependsOn` of the environment whose code asks, and serve that again; or call it with `env.fetch`, which asks the control plane."
    : "Serve it first with `await serve(env)` or `await env.listen()`, in a test with `serveForTest` and `await app.url`; or call it with `env.fetch`, which asks the control plane.";
}
