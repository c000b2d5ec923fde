import {
  isEnvironment,
  plan,
  type AppEnvironment,
  type ParameterOverrides,
  type ResolvedParameters,
} from "@appenv/core";
import {
  giveParameters,
  importTool,
  overrideParameters,
  parametersVar,
  readGivenParameters,
  rememberParameters,
  type ClientInternals,
  type GivenParameter,
} from "@appenv/core/internal";

/** Parameters that are available to the code in this process. */
export interface StartedParameters {
  readonly values: ResolvedParameters;
  /** Leaves the process as it was: without the env vars, and unknown to `getParameter`. */
  readonly release: () => void;
}

/**
 * Makes the parameters available that whoever started this process gave it, before any code of the app is imported.
 *
 * @throws AppEnvError PARAMETER_FAILED naming the parameter.
 */
export async function startGiven(app: string | undefined): Promise<StartedParameters> {
  const given = readGivenParameters(process.env[parametersVar]);
  delete process.env[parametersVar];
  return start(app, given);
}

/**
 * Makes an app's parameters available in a process that has imported it already.
 *
 * @param before - Those that were available before the import: they are as they are.
 * @throws AppEnvError PARAMETER_FAILED, UNSUPPORTED naming the parameter.
 */
export async function startDeclared(
  environment: AppEnvironment,
  overrides: ParameterOverrides | undefined,
  before: StartedParameters | undefined,
): Promise<StartedParameters> {
  const { name } = environment;
  const declared = overrideParameters(environment, overrides);
  const missing = declared.filter((parameter) => before === undefined || !Object.hasOwn(before.values, parameter.name));
  const given = await giveParameters({ name, isRoot: true }, missing, async (output) => {
    const { readRunOutput } = await importTool<ClientInternals>("@appenv/client/internal");
    return readRunOutput(output);
  });
  const started = await start(name, given, (app) => endpointHere(environment, app));
  if (before === undefined) return started;
  return {
    values: Object.freeze({ ...started.values, ...before.values }),
    release: () => {
      started.release();
      before.release();
    },
  };
}

async function start(
  app: string | undefined,
  given: readonly GivenParameter[],
  knownEndpoint?: (app: string) => string | undefined,
): Promise<StartedParameters> {
  const values = given.length === 0 ? {} : await resolve(app, given, knownEndpoint);
  const restore = setEnvVars(given, values);
  const forget = rememberParameters(values);
  return {
    values,
    release: () => {
      forget();
      restore();
    },
  };
}

/** Most apps have no parameters, and load nothing for them. */
async function resolve(
  ...args: Parameters<typeof import("./materialise.ts").materialise>
): Promise<ResolvedParameters> {
  const { materialise } = await import("./materialise.ts");
  return materialise(...args);
}

/** Of an app that this process serves too, as tests do. */
function endpointHere(environment: AppEnvironment, app: string): string | undefined {
  const needed = plan([environment]).find((each) => each.name === app && isEnvironment(each, "app"));
  try {
    return (needed as AppEnvironment | undefined)?.endpoint;
  } catch {
    return undefined;
  }
}

function setEnvVars(given: readonly GivenParameter[], values: ResolvedParameters): () => void {
  const before = given.map(({ envVar }) => [envVar, envVar === undefined ? undefined : process.env[envVar]] as const);
  for (const { name, envVar } of given) {
    const value = values[name];
    if (envVar !== undefined && value !== undefined)
      process.env[envVar] = typeof value === "string" ? value : value.path;
  }
  return () => {
    for (const [envVar, value] of before.toReversed()) {
      if (envVar === undefined) continue;
      if (value === undefined) delete process.env[envVar];
      else process.env[envVar] = value;
    }
  };
}
