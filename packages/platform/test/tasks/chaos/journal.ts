import { closeSync, fstatSync, openSync, readSync, watch, writeFileSync } from "node:fs";
import { EventEmitter, once } from "node:events";
import { onTestFinished } from "vitest";

/**
 * A line of the journal, which all tasks write to, each line with one write:
 *
 *     start PID RUN PATH ACTION ATTEMPT       an attempt begins
 *     end PID RUN PATH ACTION ATTEMPT RESULT  it is about to return
 *     told PID RUN PATH RESULT                the parent has this node's result
 *     trace-start PID RUN PATH                the traced function of this node begins
 *     trace-end PID RUN PATH                  the node has the trace's result
 */
export interface Entry {
  readonly kind: string;
  readonly pid: number;
  readonly run: string;
  readonly path: string;
  readonly rest: readonly string[];
}

/** The actions that had ended for good when the journal had a number of lines. */
export interface Checkpoint {
  readonly lines: number;
  /** `run/action`. */
  readonly ended: ReadonlySet<string>;
}

/** Reads the journal as it grows. */
export class Journal {
  readonly file: string;
  readonly entries: Entry[] = [];
  /** Nodes that have given their result: `run path`. */
  readonly ended: Set<string> = new Set();
  readonly #fd: number;
  readonly #grown: EventEmitter = new EventEmitter();
  #offset = 0;
  #rest = "";

  constructor(file: string) {
    this.file = file;
    writeFileSync(file, "");
    this.#fd = openSync(file, "r");
    const watcher = watch(file, () => {
      this.read();
      this.#grown.emit("grown");
    });
    onTestFinished(() => {
      watcher.close();
      closeSync(this.#fd);
    });
  }

  /** Takes in what was written. */
  read(): void {
    const size = fstatSync(this.#fd).size - this.#offset;
    if (size <= 0) return;
    const buffer = Buffer.alloc(size);
    this.#offset += readSync(this.#fd, buffer, 0, size, this.#offset);
    const lines = (this.#rest + buffer.toString("latin1")).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const entry = parse(line);
      this.entries.push(entry);
      if (entry.kind === "end") this.ended.add(`${entry.run} ${entry.path}`);
    }
  }

  /** Resolves when a number of nodes have given their result. */
  async reaches(nodes: number): Promise<void> {
    while (this.ended.size < nodes) await once(this.#grown, "grown");
  }
}

function parse(line: string): Entry {
  const [kind = "", pid, run = "", path = "", ...rest] = line.split(" ");
  return { kind, pid: Number(pid), run, path, rest };
}

/** The mistakes that a journal shows. */
export function mistakesIn(entries: readonly Entry[], checkpoints: readonly Checkpoint[]): readonly string[] {
  const mistakes: string[] = [];
  const results = new Map<string, string>();
  const told = new Set<string>();
  const traced = new Set<string>();
  let next = 0;
  let ended: ReadonlySet<string> = new Set();
  entries.forEach(({ kind, run, path, rest }, line) => {
    while ((checkpoints[next]?.lines ?? Infinity) <= line) ended = checkpoints[next++]?.ended ?? ended;
    const node = `${run} ${path}`;
    const say = (what: string): void => void mistakes.push(`line ${line + 1}, node ${path} of ${run}: ${what}`);
    if (kind === "start") {
      if (told.has(node)) say("began again though its parent had its result");
      if (ended.has(`${run}/${rest[0]}`)) say("began again though the store had its end at a kill");
    } else if (kind === "end" || kind === "told") {
      const result = rest.at(-1) ?? "";
      if (results.get(node) !== undefined && results.get(node) !== result) say("gave two results");
      results.set(node, result);
      if (kind === "told") told.add(node);
    } else if (kind === "trace-start") {
      if (traced.has(node)) say("ran its trace again though it had the result");
    } else if (kind === "trace-end") traced.add(node);
    else say(`wrote '${kind}'`);
  });
  return mistakes;
}
