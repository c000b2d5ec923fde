import type { IncomingMessage } from "node:http";
import { networkOf } from "@appenv-internal/http/network-of";

/**
 * The network that a request comes from. The last address in `X-Forwarded-For` is the one that the proxy itself has added; a
 * client may write others before.
 *
 * @param behindProxy - True if a proxy of this machine says whose the requests are.
 */
export function clientAddress({ headers, socket }: IncomingMessage, behindProxy: boolean): string {
  const forwarded = behindProxy
    ? String(headers["x-forwarded-for"] ?? "")
        .split(",")
        .at(-1)
    : "";
  return networkOf(forwarded === undefined || forwarded.trim() === "" ? (socket.remoteAddress ?? "") : forwarded);
}
