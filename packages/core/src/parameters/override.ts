import { AppEnvError } from "../errors/appenv-error.ts";
import { show } from "../errors/invalid-option.ts";
import {
  AppEndpoint,
  isParameterValue,
  valueAs,
  type ParameterType,
  type ParameterValue,
} from "../values/parameter-value.ts";
import { Parameter } from "../values/parameter.ts";
import { didYouMean } from "../errors/nearest.ts";

/** Values of an app's parameters by name, that win over the declared ones. A text stands for what was declared. */
export type ParameterOverrides = Readonly<Record<string, ParameterValue>>;

/** An app, as far as its parameters are concerned. */
interface App {
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

/**
 * The parameters of an app, some with other values.
 *
 * @throws AppEnvError PARAMETER_FAILED for a name that the app does not declare, and for a value of another type.
 */
export function overrideParameters(app: App, overrides: ParameterOverrides = {}): readonly Parameter[] {
  const names = app.parameters.map(({ name }) => name);
  const unknown = Object.keys(overrides).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const known = names.map((name) => `'${name}'`).join(", ");
    throw new AppEnvError(
      "PARAMETER_FAILED",
      `'${app.name}' has no parameter '${unknown}'.${didYouMean(unknown, names)}`,
      {
        fix: known === "" ? "Leave it out: the app declares none." : `Name one that the app declares: ${known}.`,
      },
    );
  }
  return app.parameters.map((parameter) => {
    const value = Object.hasOwn(overrides, parameter.name) ? overrides[parameter.name] : undefined;
    return value === undefined ? parameter : withValue(parameter, readOverride(app, parameter, value));
  });
}

const words: Readonly<Record<ParameterType, string>> = {
  string: "a text",
  file: "a FlyteFile, or a path or URI as text",
  directory: "a FlyteDir, or a path or URI as text",
  app_endpoint: "an AppEndpoint, or the name or URL of an app as text",
};

function readOverride(app: App, { name, type, value: declared }: Parameter, value: unknown): ParameterValue {
  const read = isParameterValue(value) ? valueAs(value, type) : undefined;
  if (read === undefined) {
    const wanted = type === undefined ? "a text, a FlyteFile, a FlyteDir, a RunOutput or an AppEndpoint" : words[type];
    throw new AppEnvError("PARAMETER_FAILED", `The parameter '${name}' of '${app.name}' cannot be ${show(value)}.`, {
      fix: `Give it ${wanted}.`,
    });
  }
  const isOtherApp = typeof value === "string" && read instanceof AppEndpoint && declared instanceof AppEndpoint;
  return isOtherApp ? new AppEndpoint(read.appName, { public: declared.public }) : read;
}

/** The same parameter with another value. */
function withValue(parameter: Parameter, value: ParameterValue): Parameter {
  const { name, type, envVar, download, mount, ignorePatterns } = parameter;
  return new Parameter({
    name,
    value,
    download,
    ignorePatterns,
    ...(type === undefined ? {} : { type }),
    ...(envVar === undefined ? {} : { envVar }),
    ...(mount === undefined ? {} : { mount }),
  });
}
