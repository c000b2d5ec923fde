import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { AppEnvError } from "@appenv/core";
import type { AppId, AppLaunch } from "@appenv/protocol";
import { bundleOf } from "@appenv/protocol/internal";
import type { AppController } from "../apps/contract.ts";
import type { CallRates } from "../graph/call-rates.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { ProjectStore } from "../state/project-table.ts";
import type { TaskRecord } from "@appenv/engine";
import type { TaskRuntime } from "../tasks/task-runtime.ts";
import type { Bundles } from "./uploads/bundles.ts";
import { handleAnswer } from "./answer/answer-handler.ts";
import { ActionFeed } from "./run/action-feed.ts";
import { inputsOwner } from "./data-proxy/data-uris.ts";
import { DownloadUrls, sendDownload } from "./downloads/download-urls.ts";
import { invalidRequest } from "./requests/ids.ts";
import { RunReader } from "./run/run-reader.ts";
import type { Routes } from "./rpc/listener.ts";
import type { LiveRequest } from "./stream/live-request.ts";
import { readLive, type LiveCaller } from "./stream/read-live.ts";
import { withSystemTasks } from "./task/system-tasks.ts";
import { taskServices, type TaskServicesContext } from "./task-services.ts";
import { UploadedInputs } from "./uploads/uploaded-inputs.ts";

/** The part of the API that is about tasks and runs. */
export interface TasksApi {
  readonly services: Routes;
  readonly download: (token: string, response: ServerResponse) => Promise<void>;
  /** Answers a request for the page of a link that answers a condition. */
  readonly answer: (token: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Answers with a run or one of its streams as it changes. */
  readonly live: (live: LiveRequest, caller: LiveCaller) => Promise<void>;
  close(): void;
}

/** Parts of it. */
export interface TasksApiOptions {
  readonly runtime: TaskRuntime;
  /** The state directory. */
  readonly home: string;
  readonly controller: Pick<AppController, "get" | "list" | "subscribe">;
  /** The calls between apps and tasks. */
  readonly rates: CallRates;
  readonly inbox: Inbox;
  readonly bundles: Bundles;
  readonly projects: ProjectStore;
  /** Aborted when the platform closes. */
  readonly closing: AbortSignal;
}

/** Makes the part of the API that is about tasks and runs. */
export function createTasksApi(options: TasksApiOptions): TasksApi {
  const { engine } = options.runtime;
  const registry = withSystemTasks(options.runtime.registry);
  const feed = new ActionFeed(engine);
  const reader = new RunReader(engine, registry, feed);
  const downloads = new DownloadUrls();
  return {
    services: taskServices(servicesContext(options, reader, downloads)),
    download: (token, response) => sendDownload(downloads.find(token), response),
    answer: (token, request, response) =>
      handleAnswer(token, request, response, { links: options.runtime.links, engine }),
    live: (live, caller) => readLive({ reader, tokens: options.runtime.readTokens }, live, caller, options.closing),
    close: () => feed.close(),
  };
}

function servicesContext(options: TasksApiOptions, reader: RunReader, downloads: DownloadUrls): TaskServicesContext {
  const { home, controller, bundles, projects } = options;
  const { engine, triggers, backfills, logs, files, images, links, readTokens } = options.runtime;
  const registry = withSystemTasks(options.runtime.registry);
  const uploads = new UploadedInputs(join(home, "inputs"));
  const checkBundle = (task: Pick<TaskRecord, "definition">): void => requireBundle(bundles, task);
  return {
    reader,
    engine,
    registry,
    triggers,
    backfills,
    logs,
    bundles,
    files,
    images,
    links,
    readTokens,
    uploads,
    downloads,
    checkBundle,
    creating: { registry, triggers, checkBundle, readInputs: (uri) => readInputs(uri, uploads, reader) },
    graph: { controller, registry, triggers, rates: options.rates, inbox: options.inbox },
    appLaunch: (id) => appLaunch(controller, id),
    projects: {
      store: projects,
      used: () => [...registry.projects(), ...controller.list().map(({ id }) => id.project)],
    },
  };
}

/** A task whose code is not here is refused before anything is stored. @throws AppEnvError LOAD_FAILED. */
function requireBundle(bundles: Bundles, { definition }: Pick<TaskRecord, "definition">): void {
  const uri = definition === undefined ? undefined : bundleOf(definition.launch);
  // A task that another one brought along names the file itself.
  if (uri === undefined || (definition?.launch.kind === "image" && !bundles.holds(uri))) return;
  try {
    bundles.file(uri);
  } catch (error) {
    throw AppEnvError.is(error)
      ? new AppEnvError(error.code, error.message, { fix: againOf(uri), cause: error })
      : error;
  }
}

/** The way to have code uploaded again. */
function againOf(uri: string): string {
  if (uri.endsWith(".mjs")) return "Run the task again: `appenv run FILE TASK`.";
  return "Flyte's client remembers for a day what it has uploaded: delete ~/.flyte/local-cache/cache.db, and run the task again.";
}

/** Inputs that were uploaded, or those of another run's action. @throws AppEnvError NOT_FOUND, INVALID_OPTION. */
async function readInputs(uri: string, uploads: UploadedInputs, reader: RunReader): Promise<Uint8Array> {
  const uploaded = await uploads.read(uri);
  if (uploaded !== undefined) return uploaded;
  const owner = inputsOwner(uri);
  if (owner !== undefined) return reader.engine.inputs(reader.action(owner).id);
  throw invalidRequest(`The inputs' URI '${uri.slice(0, 200)}' is none of this platform.`, "Upload the inputs to it.");
}

function appLaunch(controller: Pick<AppController, "get">, id: AppId): AppLaunch {
  const app = controller.get(id);
  if (app !== undefined) return app.definition.launch;
  throw new AppEnvError("NOT_FOUND", `There is no app '${id.name}' in ${id.project}/${id.domain}.`);
}
