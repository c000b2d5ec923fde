import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { Sockets, socketIo, webSocket, type Dialect } from "../load/sockets.ts";
import { cpuTime } from "../processes/proc.ts";
import type { Row } from "../row.ts";
import type { Figures } from "../stats/figures.ts";
import { freePort } from "../sides/ports.ts";
import { Side } from "../sides/side.ts";

const receivers = 300;
const atOnce = 16;

/** The cost of sending one message to many clients. */
export const broadcast: Row = {
  name: "broadcast",
  what: `server CPU per delivery of a broadcast, ${atOnce} messages at once`,
  against: "a loop of `send` with ws",
  reach: { atMost: 0.5 },
  how: `${receivers} sockets; one of them says ${atOnce} messages at once, all get them, and so on. CPU time of the server's process by the deliveries it made. No side pings its clients. The second line is the same with one message at a time on a server that does nothing else: then each delivery is a system call of its own on both sides, and only what stands around it can be saved. The third is beside Socket.IO.`,
  linux: true,
  async measure(bench) {
    const loop = { app: "broadcast-ws.js", dialect: webSocket };
    const many = await compare(bench, loop, atOnce);
    const single = await compare(bench, loop, 1);
    const io = await compare(bench, { app: "broadcast-socket-io.js", dialect: socketIo }, atOnce);
    const what = "server CPU per delivery of a broadcast";
    return {
      ...many,
      also: [
        { what: `${what}, one message at a time`, against: "a loop of `send` with ws", ...single },
        { what: `${what}, ${atOnce} messages at once`, against: "Socket.IO", ...io },
      ],
    };
  },
};

/** A server, and the messages of its clients. */
interface Peer {
  readonly app: string;
  readonly dialect: Dialect;
}

async function compare(bench: Bench, peer: Peer, messages: number): Promise<Figures> {
  await using ours = await start(bench, "broadcast-appenv.js");
  await using theirs = await start(bench, peer.app);
  using ourSockets = await Sockets.open(ours.port, receivers, webSocket);
  using theirSockets = await Sockets.open(theirs.port, receivers, peer.dialect);
  const measure = (side: Side, sockets: Sockets) => (): Promise<number> =>
    cpuPerDelivery(bench, { side, sockets, messages });
  // Awaited here: what is in use ends with this function.
  return await bench.pairs(measure(ours, ourSockets), measure(theirs, theirSockets), { rounds: 5, unit: "µs" });
}

async function start(bench: Bench, app: string): Promise<Side> {
  const cwd = await bench.appenv();
  const port = await freePort();
  const side = new Side(port, [process.execPath, join("apps", app)], { cwd, env: { PORT: String(port) } });
  await side.answered();
  return side;
}

/** In microseconds. */
async function cpuPerDelivery(
  bench: Bench,
  { side, sockets, messages }: { side: Side; sockets: Sockets; messages: number },
): Promise<number> {
  const before = cpuTime(side.process.pid);
  const end = performance.now() + bench.seconds * 1_000;
  let said = 0;
  while (performance.now() < end) {
    await sockets.say(messages);
    said += messages;
  }
  return ((cpuTime(side.process.pid) - before) * 1_000) / (said * receivers);
}
