import { readdirSync, readFileSync } from "node:fs";

/** The processes of this machine at one moment. */
export interface ProcessTable {
  /** The processes below one. */
  below(pid: number): readonly number[];
  /** The memory of a process and of all below it, in bytes; 0 if it has ended. */
  memoryOf(pid: number): number;
}

/**
 * Reads the table of processes. Memory that a process shares with others, such as the code of Node, is counted once for the
 * process itself, as the system shows it, and for those below it by their share. Undefined where there is no `/proc`.
 */
export function readProcesses(): ProcessTable | undefined {
  const children = readChildren();
  if (children === undefined) return undefined;
  return {
    below: (pid) => below(children, pid),
    memoryOf: (pid) => {
      const own = statusBytes(pid, /^VmRSS:\s+(\d+) kB/m);
      return below(children, pid).reduce((sum, each) => sum + proportional(each), own);
    },
  };
}

/** Ticks of a second in which the system shows processor time. */
const ticksPerSecond = 100;

/** Processor time that a process has used, those of its children included that have ended, in milliseconds; 0 if it has ended. */
export function cpuMsOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // From the third value on; the fourteenth and the three after it are the times.
  const ticks = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 15);
  return (ticks.reduce((sum, each) => sum + Number(each), 0) * 1_000) / ticksPerSecond;
}

/** The children of each process. */
function readChildren(): ReadonlyMap<number, readonly number[]> | undefined {
  if (process.platform !== "linux") return undefined;
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    const parent = Number.isInteger(pid) ? parentOf(pid) : undefined;
    if (parent === undefined) continue;
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [pid]);
    else known.push(pid);
  }
  return children;
}

function parentOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The name before may contain spaces and parentheses.
  return stat === "" ? undefined : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ", 2)[1]);
}

function below(children: ReadonlyMap<number, readonly number[]>, root: number): readonly number[] {
  const found = [...(children.get(root) ?? [])];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function proportional(pid: number): number {
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  const [, pss] = /^Pss:\s+(\d+) kB/m.exec(rollup) ?? [];
  return pss === undefined ? statusBytes(pid, /^VmRSS:\s+(\d+) kB/m) : Number(pss) * 1_024;
}

function statusBytes(pid: number, line: RegExp): number {
  return Number(line.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1_024;
}

/** Empty for a process that has ended, or is another user's. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
