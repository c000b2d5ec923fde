import type { Environment } from "@appenv/core";

/** Sets the env vars of an environment. What the surroundings say wins over what the code declares. */
export function setEnvVars(environment: Environment): void {
  for (const [name, value] of Object.entries(environment.envVars)) process.env[name] ??= value;
}
