import { readdirSync, readFileSync } from "node:fs";

/** A process and everything below it, by pid; empty if it has ended. Elsewhere than on Linux, only the process. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of allPids()) {
    const parent = Number(statOf(pid)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** Memory of a process and all below it, in KiB: what only they use, and their share of what they share (PSS). */
export function proportionalMemory(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + (read(pid, "smaps_rollup", /^Pss:\s+(\d+)/m) ?? 0), 0);
}

/** CPU time a process and all below it have used so far, in milliseconds. */
export function cpuTime(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + cpuTicks(pid) * 10, 0);
}

/** Processor time of a process and all below it, in ticks, with that of children that have ended. */
export function ticksWithEnded(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + cpuTicks(pid) + endedTicks(pid), 0);
}

/** The start of a process, in ticks since the machine started: with its pid, its identity. Undefined if it has ended, also if its parent has not noticed. */
export function bornAt(pid: number): string | undefined {
  const stat = statOf(pid);
  return stat?.[0] === "Z" ? undefined : stat?.[19];
}

/** All threads together. A tick is 10 ms for user space, whatever the kernel uses itself. */
function cpuTicks(pid: number): number {
  const stat = statOf(pid);
  return stat === undefined ? 0 : Number(stat[11]) + Number(stat[12]);
}

/** Of children that ended and were waited for. */
function endedTicks(pid: number): number {
  const stat = statOf(pid);
  return stat === undefined ? 0 : Number(stat[13]) + Number(stat[14]);
}

function allPids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** The fields after the name: state, parent, ... The name may contain spaces and parentheses. */
function statOf(pid: number): string[] | undefined {
  const text = textOf(pid, "stat");
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

function read(pid: number, file: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(textOf(pid, file) ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Undefined for a process that has ended. */
function textOf(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
