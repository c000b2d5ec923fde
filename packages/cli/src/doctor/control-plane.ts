import type { ClientConfig, RunningPlatform } from "@appenv/client/internal";
import { AppEnvError } from "@appenv/core";
import type { Finding } from "./finding.ts";

/** Reads the configuration, and looks at the control plane that it names as `deploy` would use it. */
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
  if (endpoint !== undefined) return [config, ...(await checkEndpoint())];
  const found = "none is configured, so commands use the platform on this machine";
  return [config, { check: "endpoint", status: "ok", found }];
}

async function checkEndpoint(): Promise<readonly Finding[]> {
  const { inspectControlPlane } = await import("@appenv/client/internal");
  const findings = await inspectControlPlane({});
  return findings.map(({ fix, ...finding }) => ({
    ...finding,
    ...(fix === undefined
      ? {}
      : { fix: finding.check === "endpoint" ? `${fix} \`--local\` is the platform here.` : fix }),
  }));
}

/** Tells whether the platform runs. It need not: `serve` starts it. */
export function describePlatform(running: RunningPlatform | undefined): Finding {
  const found =
    running === undefined
      ? "the platform is not running; `serve` starts it"
      : `the platform runs at ${running.endpoint}, process ${running.pid}`;
  return { check: "platform", status: "ok", found };
}
