import type { Finding } from "./finding.ts";
import { isTaken, whoListens } from "./listener.ts";

/** Whether the platform's port and the usual port of an app are free. A running platform may hold either. */
export async function checkPorts(platformRuns: boolean): Promise<readonly Finding[]> {
  return Promise.all([checkPort(7070, platformRuns), checkPort(8080, platformRuns)]);
}

async function checkPort(port: number, platformRuns: boolean): Promise<Finding> {
  const check = `port ${port}`;
  if (!(await isTaken(port))) return { check, status: "ok", found: `port ${port} is free` };
  const found = `port ${port} is taken by ${await whoListens(port)}`;
  if (platformRuns) return { check, status: "ok", found };
  if (port === 7070)
    return { check, status: "fail", found, fix: "End that process, or use `--port` with another port." };
  return {
    check,
    status: "warn",
    found,
    fix: "An app that asks for this port gets another one; `serve` prints which.",
  };
}
