import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { freePort } from "./ports.ts";
import { Side } from "./side.ts";

/** `node bare.js`: the same app, listening for itself. The app is a file of the benchmark's apps, without `.ts`. */
export async function startBare(bench: Bench, app = "bare"): Promise<Side> {
  const directory = await bench.appenv();
  const port = await freePort();
  const words = [process.execPath, join("apps", `${app}.js`)];
  return new Side(port, words, { cwd: directory, env: { PORT: String(port) } });
}
