import type { ClientConfig, RunningPlatform } from "@appenv/client/internal";
import { AppEnvError, type ControlPlaneOptions } from "@appenv/core";
import type { Finding } from "./finding.ts";

/** Reads the configuration, and looks at the control plane that it names as `deploy` would use it. */
export async function checkControlPlane(asked: ControlPlaneOptions): Promise<readonly Finding[]> {
  const { loadConfig } = await import("@appenv/client/internal");
  try {
    return await describe(await loadConfig(), asked);
  } catch (error) {
    const { message, fix } = AppEnvError.from(error, "INVALID_CONFIG");
    return [{ check: "config", status: "fail", found: message.replace(/\.$/, ""), fix }];
  }
}

async function describe(config: ClientConfig, asked: ControlPlaneOptions): Promise<readonly Finding[]> {
  const source = config.file === undefined ? "no configuration file" : `configuration from ${config.file}`;
  const project = asked.project ?? config.project ?? "flytesnacks";
  const domain = asked.domain ?? config.domain ?? "development";
  const read: Finding = { check: "config", status: "ok", found: `${source}; project ${project}, domain ${domain}` };
  const isStated = asked.local !== true && (asked.endpoint ?? config.endpoint) !== undefined;
  if (isStated) return [read, ...(await checkEndpoint(asked))];
  const found =
    asked.local === true
      ? "commands with `--local` use the platform on this machine"
      : "none is configured, so commands use the platform on this machine";
  return [read, { check: "endpoint", status: "ok", found }];
}

async function checkEndpoint(asked: ControlPlaneOptions): Promise<readonly Finding[]> {
  const { inspectControlPlane } = await import("@appenv/client/internal");
  const findings = await inspectControlPlane(asked);
  return findings.map((finding) =>
    finding.fix === undefined || finding.check !== "endpoint"
      ? finding
      : { ...finding, fix: `${finding.fix} \`--local\` is the platform on this machine.` },
  );
}

/** Tells whether the platform runs. It need not: `serve` starts it. @param running - An error if it does not answer. */
export function describePlatform(running: RunningPlatform | AppEnvError | undefined): Finding {
  if (AppEnvError.is(running)) {
    return { check: "platform", status: "fail", found: running.message.replace(/\.$/, ""), fix: running.fix };
  }
  const found =
    running === undefined
      ? "the platform is not running; `serve` starts it"
      : `the platform runs at ${running.endpoint}, process ${running.pid}`;
  return { check: "platform", status: "ok", found };
}
