/** JSON: the environments that this one depends on, each with its name on the control plane. */
export const dependsOnVar = "APPENV_DEPENDS_ON";

/** JSON: the task environments that this one depends on, in the same form: it may start runs of their tasks. */
export const dependsOnTasksVar = "APPENV_DEPENDS_ON_TASKS";

/** JSON: endpoints by the names in `APPENV_DEPENDS_ON`. Set by AppEnv's own platform. */
export const endpointsVar = "APPENV_ENDPOINTS";

/** Values by name; empty if the text cannot be read. */
export function readNames(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined || text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([, name]) => typeof name === "string")) as never;
  } catch {
    return {};
  }
}

/** The name on the control plane of the app that an environment is served as. */
export function appNameOf(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const names = readNames(env[dependsOnVar]);
  return Object.hasOwn(names, name) ? (names[name] ?? name) : name;
}

/** The endpoint of an app that the platform gave this process, if any. Without a slash at the end. */
export function toldEndpoint(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const endpoints = readNames(env[endpointsVar]);
  if (Object.hasOwn(endpoints, name)) return endpoints[name];
  const pattern = env["INTERNAL_APP_ENDPOINT_PATTERN"];
  return pattern?.replaceAll("{app_fqdn}", appNameOf(name, env)).replace(/\/$/, "");
}
