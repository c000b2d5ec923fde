import { AppEnvError, errorCatalogue, type ErrorCode } from "@appenv/core";
import type { DrainReason, ReplicaLoad, ReplicaStart, ReplicaTraffic } from "@appenv/runtime";
import type { ReplicaSnapshot } from "../apps/report/replica-snapshot.ts";
import type { LogSink } from "../logs/log-sink.ts";
import type { AppId } from "@appenv/protocol";
import { describeExit, ProcessEnded, type ProcessExit, type ReplicaProcess } from "./replica-process.ts";

/** Time from the end of a replica's drain limit until it is killed. */
const graceMs = 1_000;

const endings: Readonly<Record<DrainReason, string>> = {
  rollout: "Another revision took over.",
  "scale-down": "It was not needed any more.",
  stop: "The app was stopped.",
};

/** One replica of a revision, from its start message to its exit. */
export class Replica {
  readonly name: string;
  readonly revision: number;
  state: ReplicaSnapshot["state"] = "starting";
  readonly startedAt: Date = new Date();
  /** True if it was passed the listening socket and takes connections. */
  accepting = false;
  /** The load of the report before the one that was last counted. */
  counted: ReplicaLoad | undefined;
  /** True if the platform has ended it. */
  ended = false;
  /** The fault for which the platform has ended it, if it has one. */
  fault: AppEnvError | undefined;
  readonly process: ReplicaProcess;
  readonly #lastLines: string[] = [];
  /** The reason for its end, by its own report. */
  #failure: string | undefined;
  #readyAt: Date | undefined;
  /** The reason why it could not be started. */
  #startFault: AppEnvError | undefined;
  #drained: DrainReason | undefined;

  constructor(process: ReplicaProcess, name: string, revision: number, id: AppId, logs: LogSink) {
    this.process = process;
    this.name = name;
    this.revision = revision;
    process.on("output", (stream, lines) => {
      logs.write(id, name, stream, lines);
      this.#lastLines.push(...lines.slice(-5));
      this.#lastLines.splice(0, this.#lastLines.length - 5);
    });
    process.on("message", (message) => {
      if (message.type === "failed") this.#failure = message.message;
    });
  }

  get load(): ReplicaLoad | undefined {
    return this.process.load;
  }

  get exited(): ProcessExit | undefined {
    return this.process.exited;
  }

  get snapshot(): ReplicaSnapshot {
    const { name, revision, state, startedAt, process, load } = this;
    const { inFlight = 0, rss: memoryBytes = 0, requests = 0, failures = 0 } = load ?? {};
    const ready = this.#readyAt === undefined ? {} : { readyAt: this.#readyAt };
    return { name, revision, pid: process.pid, state, startedAt, ...ready, inFlight, memoryBytes, requests, failures };
  }

  /** Resolves when the app can answer. @throws AppEnvError START_FAILED, START_TIMEOUT or what the replica says. */
  async start(start: ReplicaStart, timeoutMs: number): Promise<void> {
    const started = this.process.next("ready", "failed");
    this.process.send({ type: "start", start });
    const timer = setTimeout(() => this.kill(this.#timedOut(timeoutMs)), timeoutMs);
    try {
      const answer = await started;
      if (answer.type === "failed") throw new AppEnvError(knownCode(answer.code), answer.message, { fix: answer.fix });
      this.state = "ready";
      this.#readyAt = new Date();
    } catch (error) {
      this.#startFault = this.#startError(error);
      throw this.#startFault;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Tells it the weights; resolves when no unanswered request is on its way to a revision that is left out, or after `limitMs`. */
  async setTraffic(traffic: ReplicaTraffic | undefined, limitMs: number): Promise<void> {
    const settled = this.process.calls.ask("traffic", traffic, limitMs);
    // A replica that is starting has passed nothing on.
    if (this.state !== "starting") await settled;
  }

  /** Lets it finish what is open and exit; it is killed if it does not. Resolves when it has exited. */
  async drain(reason: DrainReason, limitMs: number): Promise<void> {
    if (this.exited !== undefined) return;
    this.state = "draining";
    this.accepting = false;
    this.ended = true;
    this.#drained = reason;
    const exited = new Promise<void>((resolve) => this.process.once("exit", () => resolve()));
    this.process.send({ type: "drain", reason, limitMs });
    const timer = setTimeout(() => this.process.kill(), limitMs + graceMs);
    await exited;
    clearTimeout(timer);
  }

  /** Ends it at once. @param fault - Unset: it is not needed any more. */
  kill(fault?: AppEnvError): void {
    if (!this.ended) this.fault = fault;
    this.ended = true;
    this.process.kill();
  }

  /** Its end in words, with its last output. */
  describeExit(): string {
    const how = describeExit(this.exited ?? { code: null, signal: null });
    const tail = this.#lastLines.filter((line) => line.trim() !== "").join("\n");
    const said = this.#failure === undefined ? "" : ` ${this.#failure}`;
    return `${this.name} ${how}.${said}${tail === "" ? "" : ` Its last output:\n${tail}`}`;
  }

  /** Its end: the code of its fault, empty if it was not needed any more, and the words. To be read once it has ended. */
  get end(): { readonly code: ErrorCode | ""; readonly message: string } {
    const fault = this.fault ?? this.#startFault;
    if (fault !== undefined) return { code: fault.code, message: fault.message };
    if (!this.ended)
      return { code: this.state === "starting" ? "START_FAILED" : "CRASH_LOOP", message: this.describeExit() };
    const late =
      this.#drained !== undefined && this.exited?.signal === "SIGKILL"
        ? " It did not finish in time and was killed."
        : "";
    return { code: "", message: `${endings[this.#drained ?? "scale-down"]}${late}` };
  }

  #timedOut(timeoutMs: number): AppEnvError {
    return new AppEnvError("START_TIMEOUT", `${this.name} was not ready after ${timeoutMs / 1_000} seconds.`);
  }

  #startError(error: unknown): AppEnvError {
    if (AppEnvError.is(error)) return error;
    if (this.fault !== undefined) return this.fault;
    if (error instanceof ProcessEnded) return new AppEnvError("START_FAILED", this.describeExit());
    return AppEnvError.from(error, "START_FAILED");
  }
}

function knownCode(code: string): ErrorCode {
  return code in errorCatalogue ? (code as ErrorCode) : "START_FAILED";
}
