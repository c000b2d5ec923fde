import type { Bench } from "../bench.ts";
import { Started } from "../processes/started.ts";
import { freePort } from "./ports.ts";

/** A database server of the system, for peers. */
export interface DataServer extends AsyncDisposable {
  readonly port: number;
}

/** Redis that writes nothing to disk. */
export async function startRedis(bench: Bench): Promise<DataServer> {
  const port = await freePort();
  const settings = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--appendonly", "no"];
  const server = new Started(["redis-server", ...settings], { cwd: bench.directory() });
  await server.untilSays("Ready to accept connections");
  return { port, [Symbol.asyncDispose]: () => server.stop() };
}
