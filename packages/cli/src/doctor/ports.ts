import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import type { Finding } from "./finding.ts";

/** Checks that the platform's port and the usual port of an app are free. A running platform may hold either. */
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

/** Tells whether something on this machine listens on a port. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(true));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => done(false)));
  });
}

/** The process that listens on a port, for people. Only Linux tells, and only of processes this user may see. */
export async function whoListens(port: number): Promise<string> {
  const inodes = await listeningSockets(port);
  for (const pid of inodes.size === 0 ? [] : await processIds()) {
    if (!(await holdsSocket(pid, inodes))) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return `process ${pid} (${command.replaceAll("\0", " ").trim().slice(0, 80)})`;
  }
  return "another process";
}

async function listeningSockets(port: number): Promise<Set<string>> {
  const inodes = new Set<string>();
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const text = await readFile(table, "utf8").catch(() => "");
    for (const line of text.split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      const [, address = "", , state] = fields;
      if (state === listening && address.endsWith(suffix)) inodes.add(`socket:[${fields[9]}]`);
    }
  }
  return inodes;
}

const listening = "0A";

async function processIds(): Promise<readonly string[]> {
  return (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
}

async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => "")));
  return links.some((link) => inodes.has(link));
}
