import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { isInstalled } from "../processes/installed.ts";

/** The machine of the benchmark, as lines of a list. */
export function describeMachine(): string[] {
  const processors = cpus();
  return [
    `${processors.length} cores (${processors[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory`,
    `${distribution()}${type()} ${release()}, Node.js ${process.versions.node}`,
    isInstalled("taskset") && processors.length > 1
      ? "under load, wrk has one core for itself"
      : "wrk, the servers and nginx share the cores",
  ];
}

/** The load average over the last minute. */
export function loadNow(): number {
  return loadavg()[0] ?? 0;
}

function distribution(): string {
  try {
    const name = /^PRETTY_NAME="(.*)"/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
    return name === undefined ? "" : `${name}, `;
  } catch {
    return "";
  }
}
