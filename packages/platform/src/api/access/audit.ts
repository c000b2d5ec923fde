import { createContextKey, type ContextKey } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import { openBoundedFile } from "../../process/bounded-file.ts";
import { placesOf } from "./places-of.ts";
import { subjectOf, type Principal } from "./principal.ts";

/** Something that somebody changes. */
export interface Change {
  /** Undefined: somebody unknown. */
  readonly principal: Principal | undefined;
  /** `SERVICE/METHOD`, or the name of another action. */
  readonly method: string;
  /** The message, of which names alone are kept. */
  readonly message?: object;
}

/** The log of the changes that people make. Apps and tasks have their own logs, and are not in it. */
export interface Audit {
  /** Makes a change, and writes down how it went. Rejects as `act` does. */
  record<T>(change: Change, act: () => Promise<T>): Promise<T>;
  /** Writes down a change that was made or refused. */
  write(change: Change, outcome: string): void;
  close(): void;
}

/** The log, for interceptors and handlers. Default: nothing is kept. */
export const auditKey: ContextKey<Audit> = createContextKey<Audit>({
  record: (_, act) => act(),
  write: () => {},
  close: () => {},
});

/** Beyond it a new file is begun, and one old one is kept, in bytes. */
const fileBytes = 5 * 1024 * 1024;
/** Maximum changes of a kind by one person in a minute that are written; the others are counted, so that runs push out nothing. */
const perMinute = 100;
const minuteMs = 60_000;
/** Maximum names of a change. */
const mostNames = 3;

/** Opens the log. @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
export function openAudit(file: string): Audit {
  const log = openBoundedFile(file, fileBytes);
  const counter = new Counter((line) => append(line));
  const append = (line: string): void => {
    try {
      log.append(`${new Date().toISOString()} ${line}\n`);
    } catch {
      // A full disk refuses the change itself.
    }
  };
  const write = ({ principal, method, message }: Change, outcome: string): void => {
    if (principal?.kind === "app") return;
    const what = `${principal === undefined ? "unknown" : oneLine(subjectOf(principal))} ${method}`;
    if (counter.count(what)) append([what, ...namesIn(message), outcome].join(" "));
  };
  return {
    write,
    record: async (change, act) => {
      try {
        const answer = await act();
        write(change, "ok");
        return answer;
      } catch (error) {
        write(change, AppEnvError.is(error) ? error.code : "failed");
        throw error;
      }
    },
    close: () => {
      counter.flush();
      log.close();
    },
  };
}

/** Counts what is alike within a minute. */
class Counter {
  readonly #counts: Map<string, number> = new Map();
  readonly #write: (line: string) => void;
  #begun = 0;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** Tells whether this one is written. */
  count(what: string): boolean {
    const now = performance.now();
    if (now - this.#begun > minuteMs) {
      this.flush();
      this.#begun = now;
    }
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    return count <= perMinute;
  }

  /** Writes how many were left out. */
  flush(): void {
    for (const [what, count] of this.#counts) {
      if (count > perMinute) this.#write(`${what}: ${count - perMinute} more within a minute`);
    }
    this.#counts.clear();
  }
}

/** The names in a message: those of places, and of what has no place, such as a key. Values are no names. */
function namesIn(message: object | undefined): readonly string[] {
  if (message === undefined) return [];
  const places = placesOf(message).map(({ project, domain, name }) =>
    [project, domain, name].filter(Boolean).join("/"),
  );
  const { name, id } = message as { name?: unknown; id?: unknown };
  const own = [name, id].filter((text) => typeof text === "string" && text !== "") as string[];
  return [...new Set([...own, ...places])].slice(0, mostNames).map(oneLine);
}

/** A name cannot look like another line, or another word of its own. */
function oneLine(text: string): string {
  return /^[\w.:/@-]{1,200}$/.test(text) ? text : JSON.stringify(text.slice(0, 200));
}
