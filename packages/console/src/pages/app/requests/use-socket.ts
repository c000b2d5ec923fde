import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { OpenSocketResponse } from "@appenv/protocol";
import { appRequests } from "../../../api/clients.ts";
import { readFailure } from "../../../api/failure.ts";
import type { Name } from "../../../route/names.ts";

/** Something that happened on a socket. */
export interface SocketEvent {
  readonly number: number;
  readonly at: number;
  readonly kind: "sent" | "heard" | "told";
  readonly text: string;
}

/** A socket as it stands. */
export interface SocketState {
  /** The name under which messages are sent; empty unless it is open. */
  readonly socket: string;
  readonly isConnecting: boolean;
  /** The last ones. */
  readonly events: readonly SocketEvent[];
}

/** Maximum events that a page keeps. */
const kept = 500;
const closed: SocketState = { socket: "", isConnecting: false, events: [] };

/** A WebSocket to an app, opened by the platform; it is closed with the page. */
export function useSocket(app: Name): {
  readonly state: SocketState;
  readonly open: (path: string, protocols: readonly string[]) => void;
  readonly send: (text: string) => Promise<void>;
  readonly close: () => void;
} {
  const state = useSignal<SocketState>(closed);
  const current = useRef<AbortController>(undefined);
  const count = useRef(0);
  useEffect(() => () => current.current?.abort(), []);
  const add = (kind: SocketEvent["kind"], text: string, part: Partial<SocketState> = {}): void => {
    const event = { number: (count.current += 1), at: Date.now(), kind, text };
    state.value = { ...state.value, ...part, events: [...state.value.events, event].slice(-kept) };
  };
  const open = (path: string, protocols: readonly string[]): void => {
    current.current?.abort();
    current.current = new AbortController();
    state.value = { ...state.value, socket: "", isConnecting: true };
    void listen(appRequests.openSocket({ app, path, protocols: [...protocols] }, current.current), add);
  };
  const send = async (text: string): Promise<void> => {
    const { socket } = state.value;
    try {
      await appRequests.sendToSocket({ socket, message: { content: { case: "text", value: text } } });
      add("sent", text);
    } catch (error) {
      add("told", readFailure(error).message);
    }
  };
  const close = (): void => {
    const { socket } = state.value;
    if (socket === "") current.current?.abort();
    else void appRequests.closeSocket({ socket }).catch(() => current.current?.abort());
  };
  return { state: state.value, open, send, close };
}

async function listen(
  stream: AsyncIterable<OpenSocketResponse>,
  add: (kind: SocketEvent["kind"], text: string, part?: Partial<SocketState>) => void,
): Promise<void> {
  const end = { socket: "", isConnecting: false };
  try {
    for await (const { event } of stream) {
      if (event.case === "opened") {
        const { socket, protocol } = event.value;
        add("told", protocol === "" ? "Open." : `Open, with the subprotocol ${protocol}.`, {
          socket,
          isConnecting: false,
        });
      }
      if (event.case === "message") add("heard", textOf(event.value.content));
      if (event.case === "closed") add("told", `Closed with ${event.value.code}. ${event.value.reason}`.trim(), end);
    }
  } catch (error) {
    add("told", readFailure(error).message, end);
  }
}

function textOf(
  content: { case: "text"; value: string } | { case: "binary"; value: Uint8Array } | { case: undefined },
): string {
  if (content.case === "text") return content.value;
  return content.case === "binary" ? `${content.value.length} bytes, which are no text` : "";
}
