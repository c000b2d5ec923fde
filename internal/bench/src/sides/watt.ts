import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { freePort } from "./ports.ts";
import { Side } from "./side.ts";

/** `wattpm start`: the same app in Watt. */
export async function startWatt(bench: Bench, node: string = process.execPath): Promise<Side> {
  const directory = await bench.watt();
  const port = await freePort();
  const command = join(directory, "../node_modules/wattpm/bin/cli.js");
  return new Side(port, [node, command, "start"], { cwd: directory, env: { PORT: String(port) } });
}
