import { spawn, type ChildProcess } from "node:child_process";

// Waits until its input closes, which it also does when we are killed, and then ends the process group.
const script =
  'trap "" INT TERM HUP; read -r _; kill -s TERM -- "-$1" 2>/dev/null || exit 0; sleep 3; kill -s KILL -- "-$1" 2>/dev/null';

/** Ends a process group when this process dies in a way that lets it do nothing any more, such as `kill -9`. */
export function guardProcess(pid: number | undefined): ChildProcess | undefined {
  if (pid === undefined || process.platform === "win32") return undefined;
  const guard = spawn("/bin/sh", ["-c", script, "appenv-guard", String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.on("error", () => {});
  guard.stdin?.on("error", () => {});
  guard.unref();
  return guard;
}
