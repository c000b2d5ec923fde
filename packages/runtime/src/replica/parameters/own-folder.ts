import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";

let own: string | undefined;

/**
 * A directory of this process for what it fetches to no place of its own. It goes with the process; those of processes
 * that were killed are removed by the next one that needs a directory.
 *
 * @throws Error, to be read after "The parameter NAME".
 */
export function ownFolder(): string {
  if (own !== undefined) return own;
  const user = process.getuid?.() ?? userInfo().username;
  const base = join(tmpdir(), `appenv-${user}`);
  mkdirSync(base, { recursive: true, mode: 0o700 });
  // Anybody can make directories there, and what is put into theirs they can change.
  if (process.getuid !== undefined && lstatSync(base).uid !== process.getuid()) {
    throw new Error(`cannot be put into ${base}, which belongs to another user`);
  }
  // Containers may share the directory, but not their process ids.
  const folder = join(base, hostname());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeAbandoned(folder);
  const made = join(folder, `${process.pid}-${randomBytes(4).toString("hex")}`);
  mkdirSync(made, { mode: 0o700 });
  process.on("exit", () => rmSync(made, { recursive: true, force: true }));
  return (own = made);
}

function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!isRunning(Number.parseInt(name))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
