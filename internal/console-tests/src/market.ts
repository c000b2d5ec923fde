import { fileURLToPath } from "node:url";
import { serve } from "@appenv/client";
import { loadEnvironments } from "@appenv/client/internal";
import type { AppEnvironment, AppHandle } from "@appenv/core";

/** Serves the market. @param opening - The value of an env var; another one is another revision. */
export async function openMarket(endpoint: string, opening: string): Promise<AppHandle> {
  const file = fileURLToPath(new URL("apps/market.ts", import.meta.url));
  const { environments } = await loadEnvironments(file);
  return serve(environments.get("market") as AppEnvironment, { endpoint, envVars: { OPENING: opening } });
}
