import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { freePort } from "./ports.ts";
import { Side } from "./side.ts";

/** Options for starting AppEnv. */
export interface AppEnvOptions {
  /** A file of the benchmark's apps, without `.ts`. Default `hello`. */
  readonly app?: string;
  /** The platform's state directory. Default: a new one. */
  readonly home?: string;
  /** The app's port. Default: a free one. */
  readonly port?: number;
  /** The Node.js that runs it. Default: this one. */
  readonly node?: string;
}

/** `appenv serve FILE`: the platform and the app in one go. */
export async function serveWithAppEnv(bench: Bench, options: AppEnvOptions = {}): Promise<Side> {
  const { app = "hello", home = bench.directory(), node = process.execPath } = options;
  const directory = await bench.appenv();
  const { port = await freePort() } = options;
  // Another platform may have the default port.
  const words = [node, cliOf(directory), "serve", join("apps", `${app}.ts`), "--local", "--port", "0"];
  return new Side(port, words, { cwd: directory, env: { APPENV_HOME: home, BENCH_PORT: String(port) } });
}

/** `appenv up`: a platform without apps. */
export async function startPlatform(bench: Bench, options: AppEnvOptions = {}): Promise<Side> {
  const { home = bench.directory(), node = process.execPath } = options;
  const directory = await bench.appenv();
  const port = await freePort();
  const words = [node, cliOf(directory), "up", "--port", String(port)];
  return new Side(port, words, { cwd: directory, env: { APPENV_HOME: home } });
}

/** The command's file itself, as its bin names it. */
export function cliOf(directory: string): string {
  return join(directory, "node_modules/appenv/dist/main.js");
}
