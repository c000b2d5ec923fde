import type { ClientConfig, RunningPlatform } from "@appenv/client/internal";
import { AppEnvError } from "@appenv/core";
import type { Finding } from "./finding.ts";

const limitMs = 3_000;

/** Reads the configuration, and checks that the control plane it names answers. */
export async function checkControlPlane(): Promise<readonly Finding[]> {
  const { loadConfig } = await import("@appenv/client/internal");
  try {
    return await describe(await loadConfig());
  } catch (error) {
    const { message, fix } = AppEnvError.from(error, "INVALID_CONFIG");
    return [{ check: "config", status: "fail", found: message.replace(/\.$/, ""), fix }];
  }
}

async function describe({ file, endpoint, project, domain }: ClientConfig): Promise<readonly Finding[]> {
  const source = file === undefined ? "no configuration file" : `configuration from ${file}`;
  const place = `project ${project ?? "flytesnacks"}, domain ${domain ?? "development"}`;
  const config: Finding = { check: "config", status: "ok", found: `${source}; ${place}` };
  if (endpoint !== undefined) return [config, await checkEndpoint(endpoint)];
  const found = "none is configured, so commands use the platform on this machine";
  return [config, { check: "endpoint", status: "ok", found }];
}

async function checkEndpoint(endpoint: string): Promise<Finding> {
  try {
    await ask(endpoint);
    return { check: "endpoint", status: "ok", found: `${endpoint} answers` };
  } catch {
    const fix = "Start it, correct `admin.endpoint`, or use `--local` for the platform on this machine.";
    return { check: "endpoint", status: "fail", found: `${endpoint} does not answer`, fix };
  }
}

/** Any answer shows that it is there. */
async function ask(endpoint: string): Promise<void> {
  if (endpoint.startsWith("unix:")) {
    const { requestAt } = await import("@appenv/client/control-plane");
    await requestAt(endpoint, "/healthz", {}, { ms: limitMs });
    return;
  }
  const response = await fetch(endpoint, { signal: AbortSignal.timeout(limitMs) });
  await response.body?.cancel();
}

/** Tells whether the platform runs. It need not: `serve` starts it. */
export function describePlatform(running: RunningPlatform | undefined): Finding {
  const found =
    running === undefined
      ? "the platform is not running; `serve` starts it"
      : `the platform runs at ${running.endpoint}, process ${running.pid}`;
  return { check: "platform", status: "ok", found };
}
