import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reservePort, type ReservedPort } from "./port-reservation.ts";

/** A Redis on a free port of the loopback interface, which keeps its data when it is stopped and started again. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #program: string;
  readonly #release: () => void;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "appenv-redis-"));
  #process: ChildProcess | undefined;

  private constructor(program: string, { port, release }: ReservedPort) {
    this.#program = program;
    this.port = port;
    this.#release = release;
  }

  static async start(program: string): Promise<RedisServer> {
    const server = new RedisServer(program, await reservePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const place = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.#folder];
    const args = [...place, "--appendonly", "yes", "--save", ""];
    const started = spawn(this.#program, args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = started;
    for await (const chunk of started.stdout.iterator({ destroyOnReturn: false })) {
      if (String(chunk).includes("Ready to accept connections")) break;
    }
    started.stdout.resume();
  }

  /** Ends it as a crash would. */
  async stop(): Promise<void> {
    if (this.#process?.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#process?.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#release();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
