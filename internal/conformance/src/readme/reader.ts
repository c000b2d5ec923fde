import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import manifest from "../../../../package.json" with { type: "json" };
import { interrupt, type ShownCommand } from "./parse-readme.ts";
import { Placeholders } from "./placeholders.ts";
import { processesWith, TerminalCommand } from "./terminal.ts";

const end = "\u001E";
const waitMs = 30_000;
const npmStart = manifest.scripts.start;

/** Somebody who types what a README shows: a terminal for what is served, and one for everything else. */
export class Reader implements AsyncDisposable {
  readonly #root: string;
  #cwd: string;
  readonly #home: string = mkdtempSync(join(tmpdir(), "appenv-readme-"));
  readonly #mark: string = `APPENV_README=${randomUUID()}`;
  readonly #placeholders: Placeholders = new Placeholders();
  readonly #opened: TerminalCommand[] = [];
  #shell: TerminalCommand | undefined;
  #server: TerminalCommand | undefined;
  #endpoint = "localhost:8080";

  constructor(root: string) {
    this.#root = root;
    this.#cwd = root;
    // As in a terminal, where its meter does not get between the lines.
    writeFileSync(join(this.#home, ".curlrc"), "silent\nshow-error\n");
  }

  /** Starts what goes on until Ctrl-C, and waits until it says where it answers. */
  async serve(command: string): Promise<void> {
    const server = this.#open(this.#adapt(command));
    this.#server = server;
    await server.until((output) => endpointIn(output) !== undefined);
    this.#endpoint = endpointIn(server.output) ?? "";
    if (/appenv up/.test(command)) return;
    const { status } = await fetch(`http://${this.#endpoint}/`);
    if (status >= 500) throw new Error(`After \`${command}\`, ${this.#endpoint} answers ${status}.`);
  }

  /** Ctrl-C for what is served: it ends well, and all it has started is gone. */
  async interrupt(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const code = await server.interrupt();
    // npm ends by the signal that it has got.
    if (code !== 0 && !server.command.startsWith("npm ")) throw new Error(ended(server.command, code, server.errors));
    await this.#closeShell();
    // The guard of the processes ends when it has seen that they are gone.
    const isGone = await waitFor(() => processesWith(this.#mark).length === 0);
    if (!isGone) throw new Error(`\`${server.command}\` has left behind: ${processesWith(this.#mark).join("\n")}`);
  }

  /** Goes to a folder, in every terminal that is opened from now on. */
  async goTo(folder: string): Promise<void> {
    await this.#closeShell();
    this.#cwd = join(this.#cwd, folder);
  }

  /** Runs a command to its end. */
  async run(command: string): Promise<void> {
    const { code, output, errors } = await this.#type(command);
    if (code !== 0) throw new Error(ended(command, code, output + errors));
  }

  /** Runs a command that is shown with its output. */
  async show(shown: ShownCommand): Promise<void> {
    if (shown.lines.some(({ typed }) => typed)) return this.#talk(shown);
    const expected = this.#adaptOutput(shown.lines.map(({ text }) => text).join("\n"));
    // A reader who is faster than a run looks again; a request may change something, and is sent once.
    const looksAgain = shown.command.includes("appenv ");
    const until = Date.now() + (looksAgain ? waitMs : 0);
    for (;;) {
      const { output, errors } = await this.#type(shown.command);
      if (this.#placeholders.matches(expected, output)) return;
      if (Date.now() > until) {
        throw new Error(`\`${shown.command}\` prints:\n${output}\n${errors}\nand not:\n${expected}`);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const terminal of this.#opened) await terminal.interrupt();
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 10 });
  }

  /** A command with which one talks, until Ctrl-C. */
  async #talk({ command, lines }: ShownCommand): Promise<void> {
    const process = this.#open(this.#adapt(command));
    let expected = "";
    for (const { typed, text } of lines) {
      if (!typed) {
        expected += `${this.#adaptOutput(text)}\n`;
        continue;
      }
      await process.until((output) => this.#placeholders.matches(expected, output));
      if (text === interrupt) await process.interrupt();
      else process.type(text);
    }
  }

  async #type(command: string): Promise<Typed> {
    this.#shell ??= this.#open("bash -s");
    const shell = this.#shell;
    const [before, errorsBefore] = [shell.output.length, shell.errors.length];
    shell.type(`${this.#adapt(command)}\nprintf '${end}%s${end}' $?`);
    const pattern = new RegExp(`^([^]*)${end}(\\d+)${end}$`);
    await shell.until((all) => pattern.test(all.slice(before)));
    const [, output = "", code] = pattern.exec(shell.output.slice(before)) ?? [];
    const errors = shell.errors.slice(errorsBefore);
    return { code: Number(code), output: output.replaceAll("\r", "").trimEnd(), errors };
  }

  async #closeShell(): Promise<void> {
    this.#shell?.type("exit");
    await this.#shell?.ended;
    this.#shell = undefined;
  }

  #open(command: string): TerminalCommand {
    const [name = "", value = ""] = this.#mark.split("=");
    const PATH = [join(this.#root, "node_modules/.bin"), process.env["PATH"]].join(delimiter);
    const { NODE_COMPILE_CACHE } = process.env;
    const env = { HOME: this.#home, APPENV_HOME: this.#home, PATH, NODE_COMPILE_CACHE, [name]: value };
    const terminal = new TerminalCommand(command, this.#cwd, env);
    this.#opened.push(terminal);
    return terminal;
  }

  /** `npx` finds what is installed here, which the PATH does sooner; `npm start` installs first what is here already. */
  #adapt(command: string): string {
    const filled = this.#placeholders.fill(command).replaceAll("localhost:8080", this.#endpoint);
    const start = this.#cwd === this.#root ? npmStart : "npm start -- --port 0";
    const local = filled.replaceAll(/\bnpx (?=appenv |node )/g, "").replace(/^npm start$/, start);
    return local.replaceAll(/\bappenv (?:serve|up|run)\b.*/g, (words) => `${words} --port 0`);
  }

  #adaptOutput(text: string): string {
    return text.replaceAll("localhost:8080", this.#endpoint).replaceAll("localhost:7070", "localhost:...");
  }
}

/** The outcome of a command. */
interface Typed {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

function ended(command: string, code: number | null, output: string): string {
  return `\`${command}\` has ended with ${code}:\n${output}`;
}

async function waitFor(condition: () => boolean): Promise<boolean> {
  const until = Date.now() + waitMs;
  while (!condition() && Date.now() < until) await sleep(50);
  return condition();
}

/** Host and port of an address without a path. */
function endpointIn(output: string): string | undefined {
  return /http:\/\/(localhost:\d+)(?=\s)/.exec(output)?.[1];
}
