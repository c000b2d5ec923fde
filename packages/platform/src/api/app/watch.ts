import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { fromIdentifier, type WatchRequest, type WatchResponseSchema } from "@appenv/protocol";
import { sameApp } from "@appenv/protocol/internal";
import { EventQueue } from "../../process/event-queue.ts";
import { appMessage } from "./messages.ts";
import { inProject } from "./list.ts";
import type { AppView, BoardEvent, StatusBoard } from "./status-board.ts";
import { throwIfClosing } from "../rpc/errors.ts";

type WatchInit = MessageInitShape<typeof WatchResponseSchema>;

/** Maximum events that wait for a client; a slower one is told to start anew. */
const maxWaiting = 10_000;

/** All apps as created; then every change in order, until `signal` is aborted. */
export async function* watchApps(
  board: StatusBoard,
  target: WatchRequest["target"],
  signal: AbortSignal,
): AsyncGenerator<WatchInit> {
  const matches = matcher(target);
  const queue = new EventQueue<BoardEvent>();
  const end = (): void => queue.end();
  const unsubscribe = board.subscribe((event) => {
    if (matches(event.view)) queue.push(event);
    if (queue.length > maxWaiting) queue.end();
  });
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    for (const view of board.list().filter(matches)) yield created(view);
    for (;;) {
      const events = await queue.takeAll();
      if (signal.aborted) return throwIfClosing(signal);
      if (events === undefined) throw new ConnectError("The client is too slow; watch again.", Code.Aborted);
      for (const event of events) yield response(event);
    }
  } finally {
    unsubscribe();
    signal.removeEventListener("abort", end);
  }
}

function matcher(target: WatchRequest["target"]): (view: AppView) => boolean {
  if (target.case === "appId") {
    const id = fromIdentifier(target.value);
    return ({ app }) => sameApp(app.id, id);
  }
  if (target.case === "project") return (view) => inProject(view, target.value);
  return () => true;
}

function created(view: AppView): WatchInit {
  return { event: { case: "createEvent", value: { app: appMessage(view) } } };
}

function response(event: BoardEvent): WatchInit {
  if (event.type === "created") return created(event.view);
  const app = appMessage(event.view);
  if (event.type === "updated") {
    return { event: { case: "updateEvent", value: { updatedApp: app, oldApp: appMessage(event.old) } } };
  }
  return { event: { case: "deleteEvent", value: { app } } };
}
