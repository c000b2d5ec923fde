import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppEnvError, type Environment, type Secret } from "@appenv/core";

/** Checks that every secret is where the environment declares it. @throws AppEnvError MISSING_SECRET. */
export function checkSecrets({ name, secrets }: Environment, env: NodeJS.ProcessEnv = process.env): void {
  for (const secret of secrets) {
    const missing = missingPlace(secret, env);
    if (missing === undefined) continue;
    throw new AppEnvError("MISSING_SECRET", `The secret '${secret.key}' of '${name}' is not there: ${missing}.`);
  }
}

function missingPlace(secret: Secret, env: NodeJS.ProcessEnv): string | undefined {
  const { envVar, mount, group, key } = secret;
  if (envVar !== undefined) return env[envVar] === undefined ? `the env var ${envVar} is not set` : undefined;
  // A host that cannot mount files puts them somewhere else.
  const directory = env["FLYTE_SECRETS_DEFAULT_DIR"] ?? mount ?? "/";
  const places = [join(directory, group ?? "", key), join(directory, key)];
  return places.some((file) => existsSync(file)) ? undefined : `there is no file ${places[0]}`;
}
