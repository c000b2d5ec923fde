import { AppEnvError } from "../errors/appenv-error.ts";
import type { ResolvedParameters } from "./parameters-of.ts";

/** Kept on the global object, so that all copies of this package see it. */
const place: unique symbol = Symbol.for("appenv.parameters") as never;

interface Place {
  [place]?: ResolvedParameters[];
}

/**
 * A parameter of the app that runs in this process, as a text: of a file or directory its path. Several apps in one
 * process, as in tests, are asked in turn, the one that started last first.
 *
 * @throws AppEnvError NO_PARAMETER if the app has none of that name, and outside of an app.
 * @example
 * const model = await readFile(getParameter("model"));
 */
export function getParameter(name: string): string {
  const all = (globalThis as Place)[place] ?? [];
  const value = all.findLast((parameters) => Object.hasOwn(parameters, name))?.[name];
  if (value !== undefined) return typeof value === "string" ? value : value.path;
  if (all.length === 0) {
    throw new AppEnvError("NO_PARAMETER", `The parameter '${name}' was asked for outside of an app.`, {
      fix: "Ask in a hook, in a handler, or in what they call. What runs while the file is imported reads the parameter's `envVar`.",
    });
  }
  const known = all.flatMap((parameters) => Object.keys(parameters)).map((each) => `'${each}'`);
  const there = known.length === 0 ? "it declares none" : `it has ${known.join(", ")}`;
  throw new AppEnvError("NO_PARAMETER", `The app has no parameter '${name}': ${there}.`);
}

/** Makes parameters known to `getParameter`, until the returned function is called. For the runtime. */
export function rememberParameters(parameters: ResolvedParameters): () => void {
  const all = ((globalThis as Place)[place] ??= []);
  all.push(parameters);
  return () => {
    const index = all.indexOf(parameters);
    if (index !== -1) all.splice(index, 1);
  };
}
