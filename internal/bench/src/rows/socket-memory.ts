import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { Sockets, webSocket } from "../load/sockets.ts";
import { proportionalMemory } from "../processes/proc.ts";
import type { Row } from "../row.ts";
import { freePort } from "../sides/ports.ts";
import { Side } from "../sides/side.ts";

const count = 5_000;
const kibPerGib = 2 ** 20;
const against = `the same server without the ${count.toLocaleString("en-US")} sockets it was measured with`;

/** Memory of an open socket. */
export const socketMemory: Row = {
  name: "socket-memory",
  what: "idle sockets in a room, held per GiB of memory",
  against,
  how: "PSS of the server's process before and after the sockets were opened and each has got a message, divided by their number: the second line. The first is what a GiB holds of that. The kernel's own memory for a connection is not in it.",
  linux: true,
  async measure(bench) {
    const each: number[] = [];
    for (let round = 0; round < bench.rounds(3); round += 1) each.push(await memoryOfEach(bench));
    const values = each.map((kib) => kibPerGib / kib);
    return { values, unit: "sockets", also: [{ what: "memory of each", against, values: each, unit: "KiB" }] };
  },
};

/** In KiB. */
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
