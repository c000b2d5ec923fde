import { once } from "node:events";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import {
  AppSchema,
  CreateEventSchema,
  DeleteEventSchema,
  Spec_DesiredState,
  StatusSchema,
  UpdateEventSchema,
  WatchResponseSchema,
  type AppMessage,
  type AppService,
  type Identifier,
  type WatchResponse,
} from "@appenv/protocol";
import { AppCache } from "./app-cache.ts";
import type { AppEventKind, AppState } from "./app-state.ts";

/** Events that a slow watcher may be behind; more are dropped. */
const watchBuffer = 100;

/** The app service, with what it was seen to do and to leave out. @param cacheMs - Time for which Get answers the same. */
export function appService(state: AppState, cacheMs: number): Partial<ServiceImpl<typeof AppService>> {
  const cache = new AppCache(cacheMs);
  return {
    // An upsert, whatever the desired state says.
    create: async ({ app }) => {
      const id = idOf(app);
      if (app?.spec === undefined) throw required("app spec");
      if (app.spec.appPayload.case === undefined) {
        throw new ConnectError("app spec must include a container or pod payload", Code.InvalidArgument);
      }
      await state.deploy(app);
      cache.evict(id);
      const publicUrl = state.serviceOf(id)?.url ?? "";
      return { app: { ...app, status: create(StatusSchema, { ingress: { publicUrl } }) } };
    },
    get: ({ identifier }) => {
      if (identifier.case !== "appId") throw required("app_id");
      return { app: cache.get(identifier.value, () => state.get(identifier.value)) };
    },
    update: async ({ app }) => {
      const id = idOf(app);
      // All else in the request is ignored then.
      if (app?.spec?.desiredState === Spec_DesiredState.STOPPED) state.stop(id);
      else await state.deploy(app ?? create(AppSchema));
      const { status } = state.get(id);
      cache.evict(id);
      return { app: { ...app, ...(status && { status }) } };
    },
    delete: ({ appId }) => {
      if (appId === undefined) throw required("app_id");
      state.delete(appId);
      cache.evict(appId);
      return {};
    },
    list: ({ filterBy, request }) => {
      if (filterBy.case === "org" || filterBy.case === "clusterId") throw unsupported("org and cluster_id filters");
      const scope = filterBy.case === "project" ? filterBy.value : undefined;
      const found = state.list().filter(({ metadata }) => {
        const { project = "", domain = "" } = metadata?.id ?? {};
        return (scope?.name || project) === project && (scope?.domain || domain) === domain;
      });
      const start = Number(request?.token || 0);
      const end = start + (request?.limit || found.length);
      return { apps: found.slice(start, end), token: end < found.length ? String(end) : "" };
    },
    watch: ({ target }, { signal }) => {
      if (target.case !== "appId") throw unsupported("other watch targets than app_id");
      return watch(state, target.value, signal);
    },
  };
}

/** A snapshot, then events of every app of that name, whatever its project and domain. */
async function* watch(state: AppState, id: Identifier, signal: AbortSignal): AsyncGenerator<WatchResponse> {
  const queue: WatchResponse[] = [];
  const note = (kind: AppEventKind, app: AppMessage): void => {
    if (app.metadata?.id?.name === id.name && queue.length < watchBuffer) queue.push(eventOf(kind, app));
  };
  state.on("event", note);
  try {
    for (const app of state.list()) if (isOf(app, id)) yield eventOf("created", app);
    while (!signal.aborted) {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) yield next;
      await once(state, "event", { signal }).catch(() => {});
    }
  } finally {
    state.off("event", note);
  }
}

function isOf({ metadata }: AppMessage, { project, domain, name }: Identifier): boolean {
  const own = metadata?.id;
  return own?.name === name && own.project === project && own.domain === domain;
}

function eventOf(kind: AppEventKind, app: AppMessage): WatchResponse {
  const event: WatchResponse["event"] =
    kind === "created"
      ? { case: "createEvent", value: create(CreateEventSchema, { app }) }
      : kind === "deleted"
        ? { case: "deleteEvent", value: create(DeleteEventSchema, { app }) }
        : { case: "updateEvent", value: create(UpdateEventSchema, { updatedApp: app }) };
  return create(WatchResponseSchema, { event });
}

function idOf(app: AppMessage | undefined): Identifier {
  if (app?.metadata?.id === undefined) throw required("app identifier");
  return app.metadata.id;
}

function required(what: string): ConnectError {
  return new ConnectError(`${what} is required`, Code.InvalidArgument);
}

function unsupported(what: string): ConnectError {
  return new ConnectError(`${what} are not supported by the data plane`, Code.Unimplemented);
}
