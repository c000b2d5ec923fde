import type { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import { type ProgressAbout } from "@appenv/core";
import { terminalText } from "@appenv/core/internal";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

const marks = { waiting: "·", up: "✔", failed: "✖", "left-out": "-" } as const;

const frameMs = 80;

interface Line {
  readonly message: string;
  readonly state: ProgressAbout["state"];
}

/** Progress at the bottom of a terminal: one line for all, or one for each environment of a plan. */
export class MovingLines {
  readonly #terminal: Pick<WriteStream, "write" | "columns" | "rows">;
  /** By the name of the environment; empty for what is about none of them. */
  readonly #lines: Map<string, Line> = new Map();
  #frame = 0;
  /** Number of lines that are drawn. */
  #drawn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(terminal: Pick<WriteStream, "write" | "columns" | "rows">) {
    this.#terminal = terminal;
  }

  /** Changes the line of an environment; a message about none of them takes the place of all lines. */
  say(message: string, about?: ProgressAbout): void {
    if (about === undefined) this.#lines.clear();
    else this.#lines.delete("");
    this.#lines.set(about?.name ?? "", { message, state: about?.state ?? "starting" });
    this.#timer ??= setInterval(() => this.#draw(), frameMs).unref();
    this.#draw();
  }

  /** Takes all lines away. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#lines.clear();
    if (this.#drawn > 0) this.#terminal.write(`${this.#toTop()}\u001B[J`);
    this.#drawn = 0;
  }

  #draw(): void {
    this.#frame += 1;
    const width = (this.#terminal.columns || 80) - 3;
    const lines = this.#shown().map(({ message, state }) => `${this.#mark(state)} ${oneLine(message).slice(0, width)}`);
    this.#terminal.write(`${this.#toTop()}${lines.map((line) => `\u001B[K${line}`).join("\n")}\u001B[J`);
    this.#drawn = lines.length;
  }

  /** The lines that there is room for; environments that are up are left out first. */
  #shown(): readonly Line[] {
    const all = [...this.#lines.values()];
    const room = Math.max(1, (this.#terminal.rows || 24) - 1);
    return all.length <= room
      ? all
      : all.toSorted((a, b) => Number(a.state === "up") - Number(b.state === "up")).slice(0, room);
  }

  #mark(state: Line["state"]): string {
    return state === "starting" ? (frames[this.#frame % frames.length] ?? "") : marks[state];
  }

  #toTop(): string {
    return this.#drawn > 1 ? `\r\u001B[${this.#drawn - 1}A` : "\r";
  }
}

/** A line that breaks or moves the cursor would move the others, and one that is cut must not end within a colour. */
function oneLine(message: string): string {
  const [line = ""] = stripVTControlCharacters(message).split("\n");
  return terminalText(line, { isTTY: true });
}
