import { once } from "node:events";
import { connect } from "node:net";

// The preface of HTTP/2 with empty settings, the acknowledgement of the server's, and half of another frame.
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0";
const acknowledgement = "\0\0\0\u0004\u0001\0\0\0\0";
const sayings = [
  preface,
  `${preface}${acknowledgement}`,
  `${preface}${acknowledgement}\0\0\u0008\u0006`,
  "PRI * HT",
  "",
  "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
];

/** Connects to a port as several clients that say something and go away without a word more: some end, some break. */
export async function vanish(port: number): Promise<void> {
  await Promise.all(sayings.flatMap((saying) => [vanishOnce(port, saying, false), vanishOnce(port, saying, true)]));
}

async function vanishOnce(port: number, saying: string, breaks: boolean): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await Promise.race([once(socket, "connect"), once(socket, "close")]);
  if (saying !== "") {
    socket.write(saying, "latin1");
    // If it expects an answer, it goes away after the first bytes.
    if (saying.startsWith(preface) || saying.startsWith("GET /health"))
      await Promise.race([once(socket, "data"), once(socket, "close")]);
  }
  const closed = once(socket, "close");
  if (breaks) socket.resetAndDestroy();
  else socket.destroy();
  await closed;
}
