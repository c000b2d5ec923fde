import { parametersVar, readGivenParameters, type GivenParameter } from "@appenv/core/internal";
import type { AppDefinition } from "../app-definition.ts";

/** The parameters of an app as the env var in which a spec, and a replica's env, carries them; without any there is none. */
export function parametersEnv({
  parameters = [],
}: Pick<AppDefinition, "parameters">): Readonly<Record<string, string>> {
  return parameters.length === 0 ? {} : { [parametersVar]: JSON.stringify(parameters) };
}

/** The parameters of a container's env, and the env without them. What cannot be read says nothing. */
export function takeParameters(env: Readonly<Record<string, string>>): {
  readonly envVars: Readonly<Record<string, string>>;
  readonly parameters?: readonly GivenParameter[];
} {
  const { [parametersVar]: json, ...envVars } = env;
  const parameters = readGivenParameters(json);
  return parameters.length === 0 ? { envVars } : { envVars, parameters };
}
