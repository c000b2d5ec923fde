import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The TCP ports that the processes of a group listen on, where `/proc` tells; the group is named by its first process. */
export function listeningPorts(group: number | undefined): readonly number[] {
  try {
    const members = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && groupOf(pid) === group);
    const sockets = new Set(members.flatMap((pid) => socketsOf(pid)));
    const listening = ["tcp", "tcp6"].flatMap((table) => listenersIn(`/proc/self/net/${table}`));
    const own = listening.filter(({ socket }) => sockets.has(socket)).map(({ port }) => port);
    return [...new Set(own)].toSorted((a, b) => a - b);
  } catch {
    return [];
  }
}

function groupOf(pid: string): number | undefined {
  // The name, in brackets, may hold anything.
  const [, , group] = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, "")
    .split(" ");
  return group === undefined ? undefined : Number(group);
}

function socketsOf(pid: string): readonly string[] {
  return list(`/proc/${pid}/fd`).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${fd}`))?.[1] ?? []);
}

function listenersIn(table: string): { readonly port: number; readonly socket: string }[] {
  const rows = read(table).trim().split("\n").slice(1);
  const cells = rows.map((row) => row.trim().split(/\s+/));
  return cells.flatMap(([, local = "", , state, , , , , , socket = ""]) =>
    state === "0A" ? [{ port: Number.parseInt(local.split(":")[1] ?? "", 16), socket }] : [],
  );
}

/** Processes end while they are looked at. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
