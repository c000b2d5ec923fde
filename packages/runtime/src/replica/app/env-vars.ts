import { isEnvironment, type AppEnvironment, type Environment } from "@appenv/core";
import { isReadAtStart } from "@appenv/core/internal";
import { report } from "./report.ts";

/** Sets the env vars of an environment. What the surroundings say wins over what the code declares. */
export function setEnvVars(environment: Environment): void {
  const late = Object.keys(environment.envVars).filter(
    (name) => isReadAtStart(name) && process.env[name] === undefined,
  );
  for (const [name, value] of Object.entries(environment.envVars)) process.env[name] ??= value;
  // The platform starts a process with them; one that listens by itself has been started already.
  if (late.length > 0 && !runsCommand(environment)) {
    report(
      `'${environment.name}' declares ${late.join(", ")} in \`envVars\`: read when a process starts, so set it for the ` +
        "command that starts this one",
    );
  }
}

/** The process of a command starts later, with all of them. */
function runsCommand(environment: Environment): boolean {
  return isEnvironment(environment, "app") && (environment as AppEnvironment).command.length > 0;
}
