import { AppEnvError } from "../errors/appenv-error.ts";
import type { Parameter } from "../values/parameter.ts";
import { AppEndpoint, ArtifactValue, RunOutput, type ParameterValue } from "../values/parameter-value.ts";
import { FlyteDir, type FlyteFile } from "../values/places.ts";
import { giveParameter, type GivenParameter } from "./given.ts";

/** The app whose parameters are given. `appenv serve` takes values for other apps by their names. */
export interface ParameterOwner {
  readonly name: string;
  /** True for the requested app, false for a dependency of it. */
  readonly isRoot: boolean;
}

/**
 * Checks, as far as that can be told without asking anybody, that an app's parameters can be given to it.
 *
 * @throws AppEnvError PARAMETER_FAILED, UNSUPPORTED naming the parameter.
 */
export function checkParameters(owner: ParameterOwner, parameters: readonly Parameter[]): void {
  for (const parameter of parameters) checkValue(owner, parameter, parameter.value);
}

/**
 * An app's parameters in the form in which replicas are told of them.
 *
 * @param readRunOutput - Looks up an output of a run.
 * @throws AppEnvError PARAMETER_FAILED, UNSUPPORTED naming the parameter.
 */
export async function giveParameters(
  owner: ParameterOwner,
  parameters: readonly Parameter[],
  readRunOutput: (output: RunOutput) => Promise<string | FlyteFile | FlyteDir>,
): Promise<readonly GivenParameter[]> {
  checkParameters(owner, parameters);
  const giveOne = async (parameter: Parameter): Promise<GivenParameter> => {
    const { value } = parameter;
    const found = value instanceof RunOutput ? await readRunOutput(value).catch(lookedUp(owner, parameter)) : value;
    checkValue(owner, parameter, found);
    return giveParameter(parameter, found as string | FlyteFile | FlyteDir | AppEndpoint);
  };
  return Promise.all(parameters.map(giveOne));
}

function checkValue(owner: ParameterOwner, parameter: Parameter, value: ParameterValue | undefined): void {
  const { name, download } = parameter;
  const what = `The parameter '${name}' of '${owner.name}'`;
  if (value === undefined) {
    throw new AppEnvError("PARAMETER_FAILED", `${what} has no value.`, { fix: waysToGive(owner, name) });
  }
  if (value instanceof ArtifactValue) {
    throw new AppEnvError("UNSUPPORTED", `${what} is an artifact, and Flyte's open API has no service of artifacts.`, {
      fix: "Take it from the run that made it: `new RunOutput({ type, taskName })`, or `runName`.",
    });
  }
  const isPlace = typeof value !== "string" && !(value instanceof RunOutput) && !(value instanceof AppEndpoint);
  if (!isPlace || !download) return;
  const [, scheme = "file"] = /^([a-z][a-z0-9+.-]+):/i.exec(value.path) ?? [];
  if (!/^(file|https?)$/i.test(scheme)) {
    throw new AppEnvError("PARAMETER_FAILED", `${what} is at ${value.path}, and nothing here fetches '${scheme}:'.`, {
      fix: "Set `download: false` and read it in the app with the client of that storage, or give an https URL, such as a signed one.",
    });
  }
  if (value instanceof FlyteDir && scheme !== "file") {
    throw new AppEnvError("PARAMETER_FAILED", `${what} is a directory at a URL, of which only files can be fetched.`, {
      fix: "Give an archive as a `FlyteFile`, a directory of the machine, or set `download: false`.",
    });
  }
}

function waysToGive({ name: app, isRoot }: ParameterOwner, name: string): string {
  const words = isRoot ? `--param ${name}=VALUE` : `--param ${app}.${name}=VALUE`;
  const object = isRoot ? `parameters: { "${name}": VALUE }` : `parameterValues: { "${app}": { "${name}": VALUE } }`;
  return `Give it one: \`${words}\` of \`appenv serve\`, or \`${object}\` in code.`;
}

/** The error of a failed look-up of a run's output. */
function lookedUp({ name: app }: ParameterOwner, { name }: Parameter): (error: unknown) => never {
  return (error) => {
    if (!AppEnvError.is(error)) throw error;
    const message = `The parameter '${name}' of '${app}' has no value: ${error.message}`;
    throw new AppEnvError("PARAMETER_FAILED", message, { fix: error.fix, cause: error });
  };
}
