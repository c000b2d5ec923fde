import { isEnvironment, plan, type AppEnvironment, type Environment, type ServeOptions } from "@appenv/core";

/** The help of `--param`. */
export const paramHelp: string =
  "a value for a parameter of the app, or APP.NAME=VALUE for one of an app it depends on; may be repeated";

/**
 * The values that were given by `--param`: of the environment that is served, or of another app of its plan, whose name
 * then stands before that of the parameter.
 */
export function parameterOptions(
  environment: Environment,
  given: Readonly<Record<string, string>> = {},
): Pick<ServeOptions, "parameters" | "parameterValues"> {
  const apps = plan([environment]).filter((each) => isEnvironment(each, "app"));
  const own: Record<string, string> = {};
  const others: Record<string, Record<string, string>> = {};
  for (const [key, value] of Object.entries(given)) {
    const app = hasParameter(environment, key) ? undefined : apps.find(({ name }) => key.startsWith(`${name}.`))?.name;
    if (app === undefined) own[key] = value;
    else (others[app] ??= {})[key.slice(app.length + 1)] = value;
  }
  return { parameters: own, parameterValues: others };
}

function hasParameter(environment: Environment, name: string): boolean {
  if (!isEnvironment(environment, "app")) return false;
  return (environment as AppEnvironment).parameters.some((parameter) => parameter.name === name);
}
