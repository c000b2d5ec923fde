import { AppEnvError } from "@appenv/core";
import type { Command } from "commander";
import { checkBundler } from "../doctor/bundler.ts";
import { checkControlPlane, describePlatform } from "../doctor/control-plane.ts";
import type { Finding } from "../doctor/finding.ts";
import { checkNode } from "../doctor/node.ts";
import { checkPorts } from "../doctor/ports.ts";
import { checkState } from "../doctor/state.ts";
import { createCommand, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

/** `appenv doctor`: looks at everything `serve` needs. */
export function doctorCommand(): Command {
  const command = createCommand(
    "doctor",
    "look for anything that would keep `appenv serve` from working here; fails if there is something",
  );
  return withOutput(withControlPlane(command.action(doctor)), [
    "appenv doctor",
    "appenv doctor --endpoint dns:///flyte.example.com -p shop",
    "appenv doctor --json",
  ]);
}

async function doctor(options: ControlPlaneFlags): Promise<void> {
  const { platformHome, readRunningPlatform } = await import("@appenv/client/internal");
  const home = platformHome();
  const running = await readRunningPlatform(home).catch((error: unknown) => AppEnvError.from(error, "UNEXPECTED"));
  const findings = (
    await Promise.all([
      checkNode(),
      checkState(home),
      describePlatform(running),
      checkPorts(running !== undefined),
      checkControlPlane(controlPlaneOf(options)),
      checkBundler(),
    ])
  ).flat();
  const ok = findings.every(({ status }) => status !== "fail");
  createOutput(options).result({ ok, checks: findings }, findings.map(line).join("\n"));
  if (!ok) process.exitCode = 1;
}

function line({ check, status, found, fix }: Finding): string {
  const text = `${status.padEnd(5)} ${check.padEnd(10)} ${found}`;
  return fix === undefined ? text : `${text}\n${" ".repeat(17)}${fix}`;
}
