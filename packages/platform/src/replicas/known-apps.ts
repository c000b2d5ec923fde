import { dependsOnVar, endpointsVar, readNames } from "@appenv/core/internal";
import type { AppId } from "@appenv/protocol";

/** The app that a process is a replica of, and the environment whose code it runs. */
export interface OwnApp {
  readonly app: string;
  readonly environment: string;
}

/** An environment whose processes learn where other apps answer. */
export interface Caller {
  readonly project: string;
  readonly domain: string;
  readonly envVars: Readonly<Record<string, string>>;
  readonly own?: OwnApp;
}

/** The env vars by which code finds the apps that its environment depends on, and its own. One that is not there is left out. */
export function knownApps(
  { project, domain, envVars, own }: Caller,
  endpointOf: ((app: AppId) => string | undefined) | undefined,
): Record<string, string> {
  const names = namesOf({ envVars, ...(own === undefined ? {} : { own }) });
  const endpoints = Object.entries(names).flatMap(([environment, name]) => {
    const endpoint = endpointOf?.({ project, domain, name });
    return endpoint === undefined || endpoint === "" ? [] : [[environment, endpoint] as const];
  });
  if (endpoints.length === 0) return {};
  return { [dependsOnVar]: JSON.stringify(names), [endpointsVar]: JSON.stringify(Object.fromEntries(endpoints)) };
}

/** The apps it is told of: the names of their environments, and what each is called on the platform. */
export function namesOf({ envVars, own }: Pick<Caller, "envVars" | "own">): Readonly<Record<string, string>> {
  return { ...readNames(envVars[dependsOnVar]), ...(own === undefined ? {} : { [own.environment]: own.app }) };
}
