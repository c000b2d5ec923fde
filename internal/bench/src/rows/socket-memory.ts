import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { Sockets, webSocket } from "../load/sockets.ts";
import { proportionalMemory } from "../processes/proc.ts";
import type { Row } from "../row.ts";
import { freePort } from "../sides/ports.ts";
import { Side } from "../sides/side.ts";

const count = 5_000;

/** What an open socket costs. */
export const socketMemory: Row = {
  name: "socket-memory",
  what: "memory of an idle socket in a room",
  against: `the same server without the ${count} sockets (1 GiB holds 1,048,576 KiB by this)`,
  how: "PSS of the server's process before and after the sockets were opened and each has got a message, divided by their number. The kernel's own memory for a connection is not in it.",
  linux: true,
  async measure(bench) {
    const values: number[] = [];
    for (let round = 0; round < bench.rounds(3); round += 1) values.push(await memoryOfEach(bench));
    return { values, unit: "KiB" };
  },
};

async function memoryOfEach(bench: Bench): Promise<number> {
  const cwd = await bench.appenv();
  const port = await freePort();
  const words = [process.execPath, join("apps", "broadcast-appenv.js")];
  await using side = new Side(port, words, { cwd, env: { PORT: String(port) } });
  await side.answered();
  using first = await Sockets.open(port, 100, webSocket);
  await first.say(1);
  const before = proportionalMemory(side.process.pid);
  using sockets = await Sockets.open(port, count, webSocket);
  await sockets.say(1);
  return (proportionalMemory(side.process.pid) - before) / count;
}
