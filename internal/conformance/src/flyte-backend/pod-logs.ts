import { EventEmitter } from "node:events";

/** A line that a pod wrote. */
export interface WrittenLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

interface PodLog {
  readonly lines: WrittenLine[];
  /** The last line, until it ends. */
  rest: string;
  isRunning: boolean;
}

/** The output of pods, as Kubernetes keeps it: until the pod is deleted. Emits `changed` with the pod's name. */
export class PodLogs extends EventEmitter<{ changed: [string] }> {
  readonly #logs = new Map<string, PodLog>();
  readonly #deleted: PodLog[] = [];

  /** The log of a pod; undefined if there is no such pod, or no more. */
  get(pod: string): { readonly lines: readonly WrittenLine[]; readonly isRunning: boolean } | undefined {
    return this.#logs.get(pod);
  }

  /** The output of all pods, also of those that were deleted, as text. */
  get text(): string {
    return [...this.#deleted, ...this.#logs.values()]
      .flatMap(({ lines }) => lines.map(({ text }) => `${text}\n`))
      .join("");
  }

  start(pod: string): void {
    const known = this.#logs.get(pod);
    if (known === undefined) this.#logs.set(pod, { lines: [], rest: "", isRunning: true });
    else known.isRunning = true;
  }

  write(pod: string, piece: string): void {
    const log = this.#logs.get(pod);
    if (log === undefined) return;
    const lines = `${log.rest}${piece}`.split("\n");
    log.rest = lines.pop() ?? "";
    for (const text of lines) log.lines.push({ at: Date.now(), text });
    this.emit("changed", pod);
  }

  end(pod: string): void {
    const log = this.#logs.get(pod);
    if (log === undefined) return;
    if (log.rest !== "") log.lines.push({ at: Date.now(), text: log.rest });
    log.rest = "";
    log.isRunning = false;
    this.emit("changed", pod);
  }

  /** Forgets a pod that was deleted. */
  delete(pod: string): void {
    const log = this.#logs.get(pod);
    if (log !== undefined) this.#deleted.push(log);
    this.#logs.delete(pod);
    this.emit("changed", pod);
  }
}
