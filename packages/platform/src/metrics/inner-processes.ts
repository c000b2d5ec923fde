import type { ReplicaLoad } from "@appenv/runtime/ipc";
import { cpuMsOf, readProcesses, type ProcessTable } from "../replicas/pool/process-table.ts";

/** Interval between two looks at all processes of the machine, in seconds. */
const lookEvery = 5;

/** The use of the processes below replicas whose app is a command: their reports know of the replica itself alone. */
export class InnerProcesses {
  readonly #read: () => ProcessTable | undefined;
  readonly #known: Map<number, { readonly below: readonly number[]; readonly memory: number }> = new Map();
  #table: ProcessTable | undefined;
  #lookedAt = 0;

  /** @param read - Default: from `/proc`. Without that, the numbers are those of the replica. */
  constructor(read: () => ProcessTable | undefined = readProcesses) {
    this.#read = read;
  }

  /** The load of a replica with the memory and the processor time of the processes below it. @param at - In seconds. */
  addTo(load: ReplicaLoad, pid: number, at: number): ReplicaLoad {
    if (Math.abs(at - this.#lookedAt) >= lookEvery) this.#look(at);
    const { below, memory } = this.#processesOf(pid);
    const cpuMs = below.reduce((sum, each) => sum + cpuMsOf(each), load.cpuMs);
    return { ...load, cpuMs, rss: Math.max(load.rss, memory) };
  }

  #look(at: number): void {
    this.#lookedAt = at;
    this.#known.clear();
    this.#table = this.#read();
  }

  #processesOf(pid: number): { readonly below: readonly number[]; readonly memory: number } {
    const table = this.#table;
    if (table === undefined) return { below: [], memory: 0 };
    const known = this.#known.get(pid) ?? { below: table.below(pid), memory: table.memoryOf(pid) };
    this.#known.set(pid, known);
    return known;
  }
}
