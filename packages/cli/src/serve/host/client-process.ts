import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ClientRequest, FromClient, ToClient } from "../request.ts";

/** The end of the process beside the platform's. */
export interface ClientEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** True if it ended by its own decision and has reported why; else the user's code or a signal ended it. */
  readonly announced: boolean;
}

/** Time for ending after it is asked to, in milliseconds; the user's code may keep it busy. */
const endingMs = 2_000;

/** The process that reads the user's file, bundles it and serves its app or runs its task: all of that ends with it. */
export class ClientProcess {
  readonly pid: number | undefined;
  /** Resolves when it has ended. */
  readonly ended: Promise<ClientEnd>;
  /** Resolves if nobody reads its output any more. */
  readonly unread: Promise<void>;
  readonly #child: ChildProcess;
  #announced = false;
  #stopping = false;

  constructor(request: ClientRequest) {
    const entry = fileURLToPath(import.meta.resolve("appenv/serve-client"));
    this.#child = spawn(process.execPath, [entry, JSON.stringify(request)], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.pid = this.#child.pid;
    const unread = Promise.withResolvers<void>();
    this.unread = unread.promise;
    this.#child.on("message", (message: FromClient) => {
      if (message === "ending" || message === "unread") this.#announced = true;
      if (message === "unread") unread.resolve();
    });
    this.ended = this.#end();
    this.ended.catch(() => {});
  }

  /** True after it was asked to end. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Lets it go on, since the platform answers. */
  proceed(): void {
    this.#send("ready");
  }

  /** Asks it to end. */
  stop(): void {
    this.#stopping = true;
    this.#send("stop");
    setTimeout(() => this.#child.kill("SIGKILL"), endingMs).unref();
  }

  #send(message: ToClient): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Its last message may arrive after its exit, and before the channel closes. */
  async #end(): Promise<ClientEnd> {
    const disconnected = once(this.#child, "disconnect");
    disconnected.catch(() => {});
    const [code, signal] = (await once(this.#child, "exit")) as [number | null, NodeJS.Signals | null];
    await disconnected;
    return { code, signal, announced: this.#announced };
  }
}
