import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Interval at which npx is checked to be still running, in milliseconds. */
const lookMs = 1_000;

/**
 * Calls `onEnd` when the npx that started this process has ended. It passes no signal on but to its shell, and would leave
 * this process behind. A process that npx has not started, or not on Windows or macOS or Linux, is let be.
 */
export function onNpxEnd(onEnd: () => void): void {
  if (process.env["npm_command"] !== "exec" || process.platform === "win32") return;
  const parent = process.ppid;
  const ancestors = [parent, parentOf(parent)].filter((pid) => pid !== undefined && pid > 1);
  const npx = ancestors.find((pid) => /\bnp[mx]\b/.test(commandOf(pid ?? 0)));
  if (npx === undefined) return;
  const timer = setInterval(() => {
    const isThere = process.ppid === npx || (process.ppid === parent && isParent(npx, parent));
    if (isThere) return;
    clearInterval(timer);
    onEnd();
  }, lookMs).unref();
}

/** Tells whether a process is another one's parent; where the system does not say, whether the supposed parent lives. */
function isParent(parent: number, child: number): boolean {
  if (process.platform === "linux") return parentOf(child) === parent;
  try {
    process.kill(parent, 0);
    return true;
  } catch {
    return false;
  }
}

function parentOf(pid: number): number | undefined {
  const text = process.platform === "linux" ? stat(pid) : ask(pid, "ppid");
  const parent = Number(text);
  return text === "" || !Number.isInteger(parent) ? undefined : parent;
}

function stat(pid: number): string {
  const text = read(`/proc/${pid}/stat`);
  // The name before may contain spaces and parentheses.
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[1] ?? "";
}

function commandOf(pid: number): string {
  return process.platform === "linux" ? read(`/proc/${pid}/cmdline`).replaceAll("\0", " ") : ask(pid, "command");
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function ask(pid: number, what: "ppid" | "command"): string {
  try {
    return execFileSync("ps", ["-o", `${what}=`, "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}
