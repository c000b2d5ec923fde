import { fromIdentifier, toIdentifier, type AppId, type AppMessage } from "@appenv/protocol";
import { sameApp } from "@appenv/protocol/internal";
import type { ControlPlane } from "../control-plane/connect.ts";
import { reopening } from "../transport/reopen.ts";

/** What a watch tells. */
export type AppChange =
  | { readonly type: "snapshot" | "update"; readonly app: AppMessage }
  | { readonly type: "deleted" };

/**
 * Follows one app: how it stands now, then every change, until the caller stops or `signal` ends it. A stream that
 * breaks is opened again.
 *
 * @throws AppEnvError NOT_FOUND, UNSUPPORTED and other answers that do not pass.
 */
export function watchApp(controlPlane: ControlPlane, id: AppId, signal: AbortSignal): AsyncGenerator<AppChange> {
  return reopening(
    (ending) => readStream(controlPlane, id, ending),
    () => controlPlane.relocate(),
    signal,
  );
}

async function* readStream(controlPlane: ControlPlane, id: AppId, signal: AbortSignal): AsyncGenerator<AppChange> {
  const request = { target: { case: "appId", value: toIdentifier(id) } } as const;
  for await (const { event } of controlPlane.apps.watch(request, { signal })) {
    const app = event.case === "updateEvent" ? event.value.updatedApp : event.value?.app;
    // Flyte's backend also sends events of apps with this name in other projects and domains.
    if (app === undefined || !isSame(app, id)) continue;
    if (event.case === "deleteEvent") yield { type: "deleted" };
    else yield { type: event.case === "createEvent" ? "snapshot" : "update", app };
  }
}

function isSame(app: AppMessage, id: AppId): boolean {
  return sameApp(fromIdentifier(app.metadata?.id), id);
}
