import { AppEnvError } from "@appenv/core";
import { endpointsVar, importTool, readNames, toldEndpoint, type ClientInternals } from "@appenv/core/internal";

/**
 * The endpoint of another app: as the platform told this process, or, of a public endpoint on a cluster, as the control
 * plane says.
 *
 * @throws AppEnvError NO_ENDPOINT, to be read after "The parameter NAME".
 */
export async function appEndpoint(app: string, isPublic: boolean): Promise<string> {
  const told = isPublic ? toldPublic(app) : toldEndpoint(app);
  if (told !== undefined) return told;
  if (!isPublic) throw unknown(app, "this process was not told where that answers");
  const { locate } = await importTool<ClientInternals>("@appenv/client/internal");
  const found = await locate(app).catch((error: unknown) => {
    throw unknown(app, `the control plane does not say where that answers: ${(error as Error).message}`, error);
  });
  if (found.endpoint === "") throw unknown(app, "the control plane does not say where that answers");
  return found.endpoint.replace(/\/$/, "");
}

/** On the platform of one machine an app has one endpoint; a cluster's pattern names the ones inside. */
function toldPublic(app: string): string | undefined {
  const endpoints = readNames(process.env[endpointsVar]);
  return Object.hasOwn(endpoints, app) ? endpoints[app] : undefined;
}

function unknown(app: string, what: string, cause?: unknown): AppEnvError {
  return new AppEnvError("NO_ENDPOINT", `is the endpoint of '${app}', and ${what}`, {
    fix: `Serve '${app}' first, or name it in \`dependsOn\`; in a process without a platform give the parameter the URL.`,
    ...(cause === undefined ? {} : { cause }),
  });
}
