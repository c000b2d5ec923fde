import { AppEnvError, type AppEnvironment, type AppHost, type HookContext } from "@appenv/core";
import { createHookHost } from "./hook-host.ts";

/**
 * The host of an environment: its adapter's, the one its `server` hook makes, or the process of its `command`.
 *
 * @param context - What the hook is called with.
 * @throws AppEnvError NOT_LISTENING if there is none of them.
 */
export async function hostOf(environment: AppEnvironment, context: HookContext): Promise<AppHost> {
  const host = environment.createHost();
  if (host !== undefined) return host;
  if (environment.hooks.server !== undefined) return createHookHost(environment.hooks.server, context);
  if (environment.command.length > 0) {
    const { createCommandHost } = await import("./command-host.ts");
    return createCommandHost([...environment.command, ...environment.args], environment.health.path);
  }
  throw new AppEnvError("NOT_LISTENING", `Nothing answers requests in '${environment.name}'.`);
}
