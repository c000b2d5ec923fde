import { isDeepStrictEqual } from "node:util";
import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import { didYouMean } from "@appenv/core/internal";
import {
  fromIdentifier,
  fromSpec,
  type AppDefinition,
  type AppId,
  type AppMessage,
  type AppService,
  type Identifier,
} from "@appenv/protocol";
import { checkApp } from "@appenv/protocol/internal";
import { denied } from "../access/authority.ts";
import { principalKey, subjectOf } from "../access/principal.ts";
import type { LogSink } from "../../logs/log-sink.ts";
import type { ImageApps } from "../../replicas/launch.ts";
import type { AppController } from "../../apps/contract.ts";
import { appMessage } from "./messages.ts";
import type { Bundles } from "../uploads/bundles.ts";
import { listApps } from "./list.ts";
import type { AppView, StatusBoard } from "./status-board.ts";
import { watchApps } from "./watch.ts";

/** Dependencies of the app service. */
export interface AppServiceContext {
  readonly controller: AppController;
  readonly board: StatusBoard;
  readonly bundles: Pick<Bundles, "file">;
  readonly imageApps: ImageApps | undefined;
  readonly logs: LogSink;
}

/** Flyte's AppService. `Create` is an upsert, as on the open-source backend. `UpdateStatus` and `Lease` are not for clients. */
export function appService(context: AppServiceContext): Partial<ServiceImpl<typeof AppService>> {
  const { controller, board } = context;
  return {
    create: async ({ app }) => {
      return { app: appMessage(board.view(await apply(app, context))) };
    },
    get: async ({ identifier }) => {
      const view =
        identifier.case === "ingress"
          ? byUrl(board, identifier.value.publicUrl)
          : byId(board, readId(identifier.case === "appId" ? identifier.value : undefined));
      // A caller who asks for one app wants its checks too; lists and watches do not wait for the checks of apps.
      const app = await controller.look(view.app.id);
      return { app: appMessage(app === undefined ? view : board.view(app)) };
    },
    update: async ({ app }, { values }) => {
      const id = readId(app?.metadata?.id);
      const { definition: before } = byId(board, id).app;
      const principal = values.get(principalKey);
      if (principal?.kind !== "owner")
        requireSame(app?.spec, before, principal === undefined ? "nobody" : subjectOf(principal));
      if (app?.spec !== undefined && onlyStops(app.spec, before)) {
        return { app: appMessage(board.view(await controller.stop(id))) };
      }
      return { app: appMessage(board.view(await apply(app, context))) };
    },
    delete: async ({ appId }) => {
      await controller.remove(readId(appId));
      return {};
    },
    list: async (request) => {
      const { items, token } = listApps(board.list(), request);
      return { apps: items.map((view) => appMessage(view)), token };
    },
    watch: ({ target }, { signal }) => watchApps(board, target, signal),
  };
}

async function apply(app: AppMessage | undefined, context: AppServiceContext): ReturnType<AppController["apply"]> {
  const { id, definition } = readApp(app, context);
  const { launch } = definition;
  const say = (text: string): void => context.logs.write(id, "platform", "platform", [text]);
  if (launch.kind === "image") await context.imageApps?.prepare(launch, say);
  return context.controller.apply(id, definition);
}

function readApp(
  app: AppMessage | undefined,
  { bundles }: AppServiceContext,
): { readonly id: AppId; readonly definition: AppDefinition } {
  const id = readId(app?.metadata?.id);
  if (app?.spec?.appPayload.case === undefined) {
    throw invalid(`The app '${id.name}' has no ${app?.spec === undefined ? "spec" : "container or pod in its spec"}.`);
  }
  const definition = fromSpec(app.spec);
  const problem = checkApp(id, definition);
  if (problem !== undefined) throw invalid(problem);
  if (definition.launch.kind === "bundle") bundles.file(definition.launch.uri);
  return { id, definition };
}

/** Tells whether nothing else is to change: then nothing that the app needs must still exist, such as its secrets. */
function onlyStops(spec: NonNullable<AppMessage["spec"]>, before: AppDefinition): boolean {
  const wanted = fromSpec(spec);
  if (wanted.desiredState !== "stopped") return false;
  return spec.appPayload.case === undefined || isDeepStrictEqual(wanted, { ...before, desiredState: "stopped" });
}

/** An app may start and stop those beside it, and change nothing else. @throws AppEnvError PERMISSION_DENIED. */
function requireSame(spec: AppMessage["spec"], before: AppDefinition, subject: string): void {
  const wanted = spec === undefined ? undefined : fromSpec(spec);
  if (wanted !== undefined && isDeepStrictEqual(wanted, { ...before, desiredState: wanted.desiredState })) return;
  throw denied(subject, "flyteidl2.app.AppService/Update", "may start and stop an app, and change nothing else of it");
}

function readId(identifier: Identifier | undefined): AppId {
  const id = fromIdentifier(identifier);
  if (id.name !== "" && id.project !== "" && id.domain !== "") return id;
  throw invalid("The request names no app: project, domain and name are needed.");
}

function invalid(message: string): AppEnvError {
  return new AppEnvError("INVALID_OPTION", message);
}

function byId(board: StatusBoard, id: AppId): AppView {
  const view = board.get(id);
  if (view !== undefined) return view;
  const beside = board.list().filter(({ app }) => app.id.project === id.project && app.id.domain === id.domain);
  const near = didYouMean(
    id.name,
    beside.map(({ app }) => app.id.name),
  );
  throw new AppEnvError("NOT_FOUND", `There is no app '${id.name}' in ${id.project}/${id.domain}.${near}`);
}

function byUrl(board: StatusBoard, url: string): AppView {
  const wanted = trimSlash(url);
  const view = board.list().find(({ app }) => trimSlash(app.endpoint) === wanted && wanted !== "");
  if (view !== undefined) return view;
  throw new AppEnvError("NOT_FOUND", `No app answers at '${url.slice(0, 200)}'.`);
}

function trimSlash(url: string): string {
  return url.replace(/\/$/, "");
}
