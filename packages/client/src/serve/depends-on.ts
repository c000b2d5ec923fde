import { isEnvironment, plan, type Environment } from "@appenv/core";
import { dependsOnVar, type GivenParameter } from "@appenv/core/internal";

/**
 * The env var that tells an environment's processes which apps they may call: all it depends on, by the names of their
 * environments, and those its parameters name.
 *
 * @param appName - Under which name an environment is served.
 * @param parameters - What it is given, if it is an app.
 */
export function dependsOnEnv(
  environment: Environment,
  appName: (environment: Environment) => string,
  parameters: readonly GivenParameter[] = [],
): Readonly<Record<string, string>> {
  const needed = plan([environment]).filter((each) => each !== environment && isEnvironment(each, "app"));
  const known = new Set(needed.map((each) => each.name));
  const asked = parameters.filter(({ type, value }) => type === "app_endpoint" && !known.has(value));
  const names = [
    ...needed.map((each) => [each.name, appName(each)] as const),
    ...asked.map(({ value }) => [value, value] as const),
  ];
  return names.length === 0 ? {} : { [dependsOnVar]: JSON.stringify(Object.fromEntries(names)) };
}
