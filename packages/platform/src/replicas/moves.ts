import type { AppId } from "@appenv/protocol";
import type { AppController } from "../apps/contract.ts";
import { Listeners } from "@appenv/core/internal";

/** Calls a listener for each app that answers somewhere else than before, until the returned function is called. */
export type OnMove = (listener: (app: AppId) => void) => () => void;

/** The moves of a controller's apps. */
export function movesOf(controller: Pick<AppController, "subscribe">): OnMove {
  const listeners = new Listeners<AppId>("the moves of apps");
  const endpoints = new Map<string, string>();
  controller.subscribe(({ type, app: { id, endpoint: told } }) => {
    const key = JSON.stringify([id.project, id.domain, id.name]);
    const endpoint = type === "deleted" ? "" : told;
    const before = endpoints.get(key);
    endpoints.set(key, endpoint);
    if (before !== endpoint) listeners.tell(id);
  });
  return (listener) => listeners.add(listener);
}
