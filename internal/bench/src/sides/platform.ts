import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { runToEnd } from "../processes/run.ts";
import { untilQuiet } from "../processes/quiet.ts";
import { cliOf, startPlatform } from "./appenv.ts";
import { freePort } from "./ports.ts";
import type { Side } from "./side.ts";

/** Options for starting a platform. */
export interface RunningPlatformOptions {
  /** The Node.js that runs it. Default: this one. */
  readonly node?: string;
  /** Its state directory. Default: a new one. */
  readonly home?: string;
}

/** A platform in a process of its own. */
export class RunningPlatform implements AsyncDisposable {
  readonly #bench: Bench;
  /** Its state directory. */
  readonly home: string;
  readonly #node: string;
  #side: Side | undefined;

  constructor(bench: Bench, { node = process.execPath, home = bench.directory() }: RunningPlatformOptions = {}) {
    this.#bench = bench;
    this.home = home;
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

  /** Runs a script of the benchmark's apps beside it. Resolves with what it printed. */
  async script(name: string, ...args: readonly unknown[]): Promise<string> {
    return this.#run([join("apps", `${name}.js`), ...args.map(String)]);
  }

  /** Resolves when an app has no replica and all processes are idle. */
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

  async #run(args: readonly string[], port?: number): Promise<string> {
    const env = { APPENV_HOME: this.home, ...(port === undefined ? {} : { BENCH_PORT: String(port) }) };
    return runToEnd([process.execPath, ...args], { cwd: await this.#bench.appenv(), env });
  }
}
