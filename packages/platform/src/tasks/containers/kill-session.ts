import { readdirSync, readFileSync } from "node:fs";

/** Ends, with SIGKILL, every process of the session that a process leads, and of its process group. */
export function killSession(leader: number): void {
  for (const pid of [...sessionOf(leader), -leader]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
}

/** Its members; none where there is no `/proc`. */
function sessionOf(leader: number): readonly number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    return Number.isInteger(pid) && sessionId(pid) === leader ? [pid] : [];
  });
}

/** `pid (name) state parent group session ...`, in which the name may contain spaces and parentheses. */
function sessionId(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ", 4)[3]);
  } catch {
    return undefined;
  }
}
