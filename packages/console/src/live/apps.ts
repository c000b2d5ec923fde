import { signal, type Signal } from "@preact/signals";
import type { AppMessage, WatchResponse } from "@appenv/protocol";
import { apps } from "../api/clients.ts";
import { follow } from "./follow.ts";

/** All apps by their keys; undefined until they are known. */
export const allApps: Signal<ReadonlyMap<string, AppMessage> | undefined> = signal(undefined);

/** The key of an app among others. */
export function appKey(app: AppMessage | undefined): string {
  const { project = "", domain = "", name = "" } = app?.metadata?.id ?? {};
  return [domain, project, name].map(encodeURIComponent).join("/");
}

/** Follows all apps as long as the page is open. It is the stream that tells first when the platform is gone. */
export function followApps(): () => void {
  let heard = new Map<string, AppMessage | undefined>();
  let waiting = new Map<string, AppMessage | undefined>();
  let frame = 0;
  // Changes that come within one frame are one change: a thousand apps come one by one.
  const apply = (): void => {
    frame = 0;
    allApps.value = changed(allApps.value ?? new Map(), waiting);
    waiting = new Map();
  };
  return follow<WatchResponse>({
    onOpen: () => {
      heard = new Map();
      void readAll(() => heard);
    },
    open: (stop) => apps.watch({}, { signal: stop }),
    onMessage: ({ event }) => {
      const app = event.case === "updateEvent" ? event.value.updatedApp : event.value?.app;
      if (app === undefined) return;
      const key = appKey(app);
      const now = event.case === "deleteEvent" ? undefined : app;
      heard.set(key, now);
      waiting.set(key, now);
      frame ||= requestAnimationFrame(apply);
    },
  });
}

/** Reads the whole list: the stream does not tell which apps were deleted while nobody listened. */
async function readAll(heard: () => ReadonlyMap<string, AppMessage | undefined>): Promise<void> {
  const all = new Map<string, AppMessage>();
  try {
    for (let token = "", isLast = false; !isLast; isLast = token === "") {
      const page = await apps.list({ request: { limit: 500, token } });
      for (const app of page.apps) all.set(appKey(app), app);
      token = page.token;
    }
    allApps.value = changed(all, heard());
  } catch {
    // The stream breaks too, and is opened again.
  }
}

function changed(
  before: ReadonlyMap<string, AppMessage>,
  changes: Iterable<readonly [string, AppMessage | undefined]>,
): ReadonlyMap<string, AppMessage> {
  const after = new Map(before);
  for (const [key, app] of changes) {
    if (app === undefined) after.delete(key);
    else after.set(key, app);
  }
  return new Map([...after].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
