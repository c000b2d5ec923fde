import { AppEndpoint, dependsOnVar, isEnvironment, plan, type AppEnvironment, type Environment } from "@appenv/core";

/**
 * The env var that tells an environment's processes which apps they may call: all it depends on, by the names of their
 * environments, and those its parameters name.
 *
 * @param appName - Under which name an environment is served.
 */
export function dependsOnEnv(
  environment: Environment,
  appName: (environment: Environment) => string,
): Readonly<Record<string, string>> {
  const needed = plan([environment]).filter((each) => each !== environment && isEnvironment(each, "app"));
  const names = [...needed.map((each) => [each.name, appName(each)] as const), ...namedByParameters(environment)];
  return names.length === 0 ? {} : { [dependsOnVar]: JSON.stringify(Object.fromEntries(names)) };
}

function namedByParameters(environment: Environment): readonly (readonly [string, string])[] {
  if (!isEnvironment(environment, "app")) return [];
  return (environment as AppEnvironment).parameters.flatMap(({ value }) =>
    value instanceof AppEndpoint ? [[value.appName, value.appName] as const] : [],
  );
}
