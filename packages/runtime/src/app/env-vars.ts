import type { Environment } from "@appenv/core";

/** Sets the env vars of an environment. What the surroundings say wins over what the code declares. */
export function setEnvVars(environment: Environment): void {
  for (const [name, value] of Object.entries(environment.envVars)) process.env[name] ??= value;
}

/** Sets env vars, whatever was there. Returns what puts that back. */
export function putEnvVars(values: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
