import { spawnSync } from "node:child_process";
import { chownSync, globSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { runToEnd } from "../processes/run.ts";
import { Started, type User } from "../processes/started.ts";
import { freePort } from "./ports.ts";
import type { DataServer } from "./redis.ts";

/** PostgreSQL as `initdb` sets it up, over TCP alone; what is committed is on disk (`fsync` and `synchronous_commit` are on). */
export async function startPostgres(bench: Bench): Promise<DataServer> {
  const directory = bench.directory();
  const user = unprivileged();
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  const data = join(directory, "data");
  const options = { cwd: directory, ...(user === undefined ? {} : { user }) };
  await runToEnd(["initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C"], options);
  const port = await freePort();
  const settings = ["-D", data, "-h", "127.0.0.1", "-p", String(port), "-c", "unix_socket_directories="];
  const server = new Started(["postgres", ...settings], options);
  await server.untilSays("ready to accept connections");
  return { port, [Symbol.asyncDispose]: () => server.stop() };
}

/** Debian's folders of PostgreSQL's programs, the newest version first; they are in no PATH. */
export function postgresFolders(): string[] {
  return globSync("/usr/lib/postgresql/*/bin").toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }));
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): User | undefined {
  return process.getuid?.() === 0 ? { uid: idOfNobody("-u"), gid: idOfNobody("-g") } : undefined;
}

function idOfNobody(option: "-u" | "-g"): number {
  return Number(spawnSync("id", [option, "nobody"], { encoding: "utf8" }).stdout);
}
