import { addressOf } from "./address.ts";

/** The path at which apps with `requiresAuth` give tickets. */
const ticketPath = "/.appenv/ticket";

/** The subprotocol that carries a ticket. */
export function ticketProtocol(ticket: string): string {
  return `appenv.ticket.${ticket}`;
}

/**
 * Asks an app for a ticket, with which a browser can open its sockets: it can send no header with a WebSocket.
 *
 * @param url - The app's endpoint. In a browser the default is the page's own address.
 * @param init - What `fetch` takes; its headers carry the credentials.
 * @throws Error if the app gives none, for example because the credentials are not valid.
 * @example
 * const headers = () => ({ authorization: `Bearer ${session.token}` });
 * const chat = socketClient<typeof sockets>().connect("/chat", { ticket: () => fetchTicket(undefined, { headers: headers() }) });
 */
export async function fetchTicket(url?: string | URL, init: RequestInit = {}): Promise<string> {
  const address = addressOf(ticketPath, { url }).replace(/^ws/, "http");
  const response = await fetch(address, { ...init, method: "POST" });
  if (!response.ok) throw new Error(`${address} gave no ticket: HTTP ${response.status}.`);
  const { ticket } = (await response.json()) as { ticket?: unknown };
  if (typeof ticket !== "string") throw new TypeError(`${address} gave no ticket.`);
  return ticket;
}
