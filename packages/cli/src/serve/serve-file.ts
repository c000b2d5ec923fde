import type { ServeFlags } from "../commands/serve.ts";
import { untilStopped } from "../platform/until-stopped.ts";
import { findControlPlane } from "./find-control-plane.ts";

/**
 * What `appenv serve` does: serves the app, and stays while there is something to stay for. If the platform has to be
 * started, this process becomes the platform's and nothing else; the app is served from another.
 */
export async function serveFile(file: string, name: string | undefined, flags: ServeFlags): Promise<void> {
  const request = { kind: "serve", file, name, flags } as const;
  const stopped = untilStopped();
  const found = await findControlPlane(flags);
  if ("home" in found) {
    const { hostPlatform } = await import("./host/host-platform.ts");
    return hostPlatform(request, found.home, stopped);
  }
  const { serveApp } = await import("./client/serve-app.ts");
  await serveApp(request, { controlPlane: Promise.resolve(found.controlPlane), stopped, hosted: false });
}
