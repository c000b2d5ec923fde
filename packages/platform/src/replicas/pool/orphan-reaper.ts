import { spawn, type ChildProcess } from "node:child_process";
import { unexpected } from "@appenv/core/internal";

// Keeps the list of our processes, and waits until its input closes, which it also does when we are killed. Whoever is
// still there some seconds later is in a state in which it cannot end itself, such as an endless loop.
const script = `
trap '' INT TERM
trap '[ $# -eq 0 ] || rm -rf "$@"' EXIT
pids=' '
groups=' '
while read -r change pid; do
  case $change in
    +) pids="$pids$pid " ;;
    s) groups="$groups$pid " ;;
    e) case $groups in *" $pid "*) groups="\${groups%% $pid *} \${groups#* $pid }" ;; esac ;;
    f) set -- "$@" "$pid" ;;
    -) case $pids in *" $pid "*) pids="\${pids%% $pid *} \${pids#* $pid }" ;; esac ;;
  esac
done
# Programs that know nothing of a platform.
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  left=
  for pid in $pids; do kill -s 0 "$pid" 2>/dev/null && left="$left $pid"; done
  pids=$left
  [ -z "$pids" ] && exit
  sleep 0.2
done
kill -s KILL $pids 2>/dev/null
`;

/**
 * Ends the platform's processes when the platform dies in a way that lets it do nothing any more, such as `kill -9`.
 * They notice that too and end by themselves, unless their event loop is blocked; this is for those. Not on Windows.
 */
export class OrphanReaper {
  readonly #reaper: ChildProcess | undefined;

  constructor() {
    if (process.platform === "win32") return;
    this.#reaper = startReaper();
  }

  /** To be called when a process has started. */
  add(pid: number): void {
    this.#tell(`+ ${pid}`);
  }

  /** To be called when a process has ended: its number may soon be another's. */
  remove(pid: number): void {
    this.#tell(`- ${pid}`);
  }

  /** The same for the process group of a program that does not notice when the platform dies: it is ended at once. */
  addSession(pid: number): void {
    this.#tell(`s ${pid}`);
  }

  /** To be called when it has ended. */
  removeSession(pid: number): void {
    this.#tell(`e ${pid}`);
  }

  /** A directory that is to be removed when no process is left. */
  removeAtEnd(directory: string): void {
    if (!directory.includes("\n")) this.#tell(`f ${directory}`);
  }

  /** Ends the reaper: no process is left. */
  close(): void {
    this.#reaper?.stdin?.end();
  }

  #tell(line: string): void {
    if (this.#reaper?.stdin?.writable === true) this.#reaper.stdin.write(`${line}\n`);
  }
}

/** Undefined if the system does not let it start now; then orphans are left, and nothing else is different. */
function startReaper(): ChildProcess | undefined {
  try {
    const reaper = spawn("/bin/sh", ["-c", script, "appenv-reaper"], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    reaper.on("error", (error) => unexpected("The process that ends orphans could not be started", error));
    // Without free descriptors there are no streams, although the types promise them.
    (reaper as Partial<typeof reaper>).stdin?.on("error", () => undefined);
    reaper.unref();
    return reaper;
  } catch (error) {
    unexpected("The process that ends orphans could not be started", error);
    return undefined;
  }
}
