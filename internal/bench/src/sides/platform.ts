import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { runToEnd } from "../processes/run.ts";
import { untilQuiet } from "../processes/quiet.ts";
import { cliOf, startPlatform } from "./appenv.ts";
import { freePort } from "./ports.ts";
import type { Side } from "./side.ts";

/** A platform without a command in it, and what is done with it. */
export class RunningPlatform implements AsyncDisposable {
  readonly #bench: Bench;
  /** Its state directory. */
  readonly home: string;
  readonly #node: string;
  #side: Side | undefined;

  constructor(bench: Bench, node: string = process.execPath) {
    this.#bench = bench;
    this.home = bench.directory();
    this.#node = node;
  }

  /** The platform's process. */
  get pid(): number {
    return this.#side?.process.pid ?? 0;
  }

  /** Resolves when its API answers. */
  async start(): Promise<void> {
    this.#side = await startPlatform(this.#bench, { home: this.home, node: this.#node });
    await this.#side.answered("/healthz");
  }

  /** Serves a file of the benchmark's apps under a name, and resolves with its port once it answers. */
  async serve(app: string, name: string): Promise<number> {
    const port = await freePort();
    await this.#run([cliOf(await this.#bench.appenv()), "serve", `apps/${app}.ts`, "--local", "--name", name], port);
    return port;
  }

  /** Runs a script of the benchmark's apps beside it. */
  async script(name: string, ...args: readonly string[]): Promise<void> {
    await this.#run([join("apps", `${name}.js`), ...args]);
  }

  /** Resolves when an app has no replica and everything has come to rest. */
  async untilZero(name: string): Promise<void> {
    await this.script("watch-zero", name);
    await this.untilQuiet();
  }

  async untilQuiet(): Promise<void> {
    await untilQuiet(this.pid);
  }

  async stop(): Promise<void> {
    await this.#side?.process.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #run(args: readonly string[], port?: number): Promise<void> {
    const env = { APPENV_HOME: this.home, ...(port === undefined ? {} : { BENCH_PORT: String(port) }) };
    await runToEnd([process.execPath, ...args], { cwd: await this.#bench.appenv(), env });
  }
}
