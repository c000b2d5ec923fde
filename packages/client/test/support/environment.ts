import { AppEnvironment, type AppEnvironmentOptions } from "@appenv/core";

/** An environment declared in this file, which a bundle can be made of. */
export function environment(options: Partial<AppEnvironmentOptions> = {}): AppEnvironment {
  return new AppEnvironment({ name: "plain", command: "sleep 1", ...options });
}
