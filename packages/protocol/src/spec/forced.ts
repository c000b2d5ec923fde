/** The env var of a spec whose value makes another revision of the same definition. */
const forcedVariable: string = "APPENV_FORCED";

/** As env var; undefined needs none. */
export function forcedEnv(forced: string | undefined): Readonly<Record<string, string>> {
  return forced === undefined ? {} : { [forcedVariable]: forced };
}

/** The value of that env var in a container's env, and the env without it. */
export function takeForced(env: Readonly<Record<string, string>>): {
  readonly envVars: Readonly<Record<string, string>>;
  readonly forced?: string;
} {
  const { [forcedVariable]: forced, ...envVars } = env;
  return forced === undefined ? { envVars } : { envVars, forced };
}
