import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";

/** How long a client that is still sending may go on after its answer, in milliseconds. */
const lingerMs = 1_000;

/**
 * Lets a client hear an answer that ends its connection while it is still sending its request: closing with unread data
 * makes the kernel reset the connection, and the client may lose the answer. node:http closes at once.
 */
export function closeLingering(socket: Socket): void {
  socket.destroySoon = destroySoon;
}

function destroySoon(this: Socket): void {
  const { parser } = this as unknown as { readonly parser?: { readonly incoming?: IncomingMessage | null } | null };
  if (parser?.incoming?.complete !== false) return void Reflect.apply(Socket.prototype.destroySoon, this, []);
  this.end();
  const timer = setTimeout(() => this.destroy(), lingerMs);
  this.once("end", () => this.destroy()).once("close", () => clearTimeout(timer));
}
