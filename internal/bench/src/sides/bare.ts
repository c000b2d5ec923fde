import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { freePort } from "./ports.ts";
import { Side } from "./side.ts";

/** `node bare.js`: the same app, listening for itself. */
export async function startBare(bench: Bench): Promise<Side> {
  const directory = await bench.appenv();
  const port = await freePort();
  return new Side(port, [process.execPath, join("apps", "bare.js")], { cwd: directory, env: { PORT: String(port) } });
}
