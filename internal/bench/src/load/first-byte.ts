import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Time limit for any answer, in milliseconds. */
const patience = 60_000;

/**
 * Resolves with the moment (`performance.now()`) at which the first byte of an answer with status 200 came. While
 * nobody listens it tries again after a millisecond, for any server in the same way.
 */
export async function firstByte(port: number, path = "/"): Promise<number> {
  const deadline = performance.now() + patience;
  while (performance.now() < deadline) {
    const answer = await ask(port, path);
    if (answer?.status === 200) return answer.at;
    await delay(1);
  }
  throw new Error(`Nothing answered 200 on port ${port} within ${patience / 1_000} seconds.`);
}

interface Answer {
  readonly status: number;
  readonly at: number;
}

/** Undefined if the connection was refused, or ended without an answer. */
function ask(port: number, path: string): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.setTimeout(patience, () => socket.destroy());
    socket.on("connect", () => socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`));
    socket.once("data", (chunk) => {
      resolve({ status: Number(chunk.toString("latin1", 9, 12)), at: performance.now() });
      socket.destroy();
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve(undefined));
  });
}
