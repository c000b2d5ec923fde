import { StringDecoder } from "node:string_decoder";
import { type TaskLog } from "@appenv/core";
import { logText, tracedLines, type LogLevel } from "@appenv/core/internal";
import type { Batcher } from "./batcher.ts";

type Stream = "stdout" | "stderr";

const longestLine = 64 * 1024;

/** The output of one attempt, as lines. */
export class AttemptLines {
  readonly log: TaskLog;
  readonly #attempt: number;
  readonly #batcher: Batcher;
  /** Text since the last line break. */
  readonly #rest: Record<Stream, string> = { stdout: "", stderr: "" };
  readonly #decoders: Partial<Record<Stream, StringDecoder>> = {};
  #leftOut = 0;
  #isClosed = false;

  constructor(attempt: number, batcher: Batcher) {
    this.#attempt = attempt;
    this.#batcher = batcher;
    const write =
      (level: LogLevel, stream: Stream) =>
      (...values: readonly unknown[]): void =>
        this.#log(stream, tracedLines(logText(level, values)));
    this.log = {
      debug: write("debug", "stdout"),
      info: write("info", "stdout"),
      warn: write("warn", "stderr"),
      error: write("error", "stderr"),
    };
  }

  /** True once the attempt has ended; its later output goes to the process's own streams. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  write(stream: Stream, chunk: string | Uint8Array): void {
    const lines = (this.#rest[stream] + this.#text(stream, chunk)).split("\n");
    this.#rest[stream] = lines.pop() ?? "";
    for (const line of lines) this.#line(stream, line.endsWith("\r") ? line.slice(0, -1) : line);
    if (this.#rest[stream].length > longestLine) this.#finish(stream);
  }

  /** Writes a text as lines of its own, whatever was written before without a line break. */
  note(stream: Stream, text: string): void {
    this.#log(stream, text);
  }

  /** Writes what has no line break yet. */
  close(): void {
    for (const stream of ["stdout", "stderr"] as const) this.#finish(stream);
    if (this.#leftOut > 0) this.#sayLeftOut();
    this.#isClosed = true;
  }

  #log(stream: Stream, text: string): void {
    if (this.#isClosed) process[stream].write(`${text}\n`);
    else for (const line of text.split("\n")) this.#line(stream, line);
  }

  #finish(stream: Stream): void {
    const rest = this.#rest[stream];
    this.#rest[stream] = "";
    if (rest !== "") this.#line(stream, rest);
  }

  #line(stream: Stream, line: string): void {
    if (!this.#batcher.takesLines) {
      this.#leftOut += 1;
      return;
    }
    if (this.#leftOut > 0) this.#sayLeftOut();
    for (let start = 0; start === 0 || start < line.length; start += longestLine) {
      this.#send(stream, line.slice(start, start + longestLine));
    }
  }

  #sayLeftOut(): void {
    const lines = this.#leftOut === 1 ? "1 line was" : `${this.#leftOut} lines were`;
    this.#leftOut = 0;
    this.#send("stderr", `(${lines} left out: they came faster than they could be stored)`);
  }

  #send(stream: Stream, text: string): void {
    this.#batcher.line({ attempt: this.#attempt, at: Date.now(), stream, text });
  }

  #text(stream: Stream, chunk: string | Uint8Array): string {
    if (typeof chunk === "string") return chunk;
    return (this.#decoders[stream] ??= new StringDecoder("utf8")).write(Buffer.from(chunk));
  }
}
