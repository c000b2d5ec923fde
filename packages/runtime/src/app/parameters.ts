import { AppEndpoint, AppEnvError, Dir, File, toldEndpoint, type Parameter, type ParameterValue } from "@appenv/core";

/** Values given when the app is served, by parameter; they win over the declared ones. */
export type ParameterOverrides = Readonly<Record<string, string>>;

/** The parameters as hooks get them. */
export type ResolvedParameters = Readonly<Record<string, string | File | Dir>>;

/**
 * Makes the values of parameters available: files and directories where they are wanted, env vars set.
 *
 * @throws AppEnvError PARAMETER_FAILED naming the parameter.
 */
export async function resolveParameters(
  parameters: readonly Parameter[],
  overrides: ParameterOverrides = {},
): Promise<ResolvedParameters> {
  const resolved: Record<string, string | File | Dir> = {};
  for (const parameter of parameters) {
    const value = await resolve(parameter, overrides[parameter.name]);
    resolved[parameter.name] = value;
    if (parameter.envVar !== undefined) process.env[parameter.envVar] = typeof value === "string" ? value : value.path;
  }
  return Object.freeze(resolved);
}

async function resolve(parameter: Parameter, override: string | undefined): Promise<string | File | Dir> {
  const value = override === undefined ? parameter.value : retype(parameter.value, override);
  if (value === undefined) throw failure(parameter, "has no value; give one when the app is served");
  if (typeof value === "string") return value;
  if (value instanceof AppEndpoint) return endpoint(parameter, value);
  if (!(value instanceof File) && !(value instanceof Dir)) {
    throw failure(parameter, `is a ${value.constructor.name}, which this target cannot resolve`);
  }
  const { placeFile } = await import("./place-file.ts");
  try {
    return await placeFile(parameter, value);
  } catch (error) {
    throw failure(parameter, error instanceof Error ? error.message : String(error), error);
  }
}

/** What is given as text stands for the same kind of value as the declared one. */
function retype(declared: ParameterValue | undefined, text: string): ParameterValue {
  if (declared instanceof File) return new File(text);
  return declared instanceof Dir ? new Dir(text) : text;
}

function endpoint(parameter: Parameter, { appName, public: isPublic }: AppEndpoint): string {
  if (isPublic) throw failure(parameter, `is the public endpoint of '${appName}', which a replica cannot look up`);
  const found = toldEndpoint(appName);
  if (found !== undefined) return found;
  throw failure(parameter, `is the endpoint of '${appName}', but the platform did not say where that answers`);
}

function failure({ name }: Parameter, what: string, cause?: unknown): AppEnvError {
  const message = `The parameter '${name}' ${what}.`;
  return new AppEnvError("PARAMETER_FAILED", message, cause === undefined ? {} : { cause });
}
