import { join } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import { AppRequestService } from "@appenv/protocol";
import type { AppController } from "../apps/contract.ts";
import { CallRates } from "../graph/call-rates.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { Replays } from "../inbox/replays.ts";
import type { Logs } from "../logs/apps/app-logs.ts";
import type { AppMetrics } from "../metrics/app-metrics.ts";
import { once } from "../process/once.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import type { ApiKeyStore } from "../state/api-key-table.ts";
import type { SessionStore } from "../state/session-table.ts";
import type { ProjectStore } from "../state/project-table.ts";
import type { TaskRuntime } from "../tasks/task-runtime.ts";
import type { TokenIssuer } from "../secrets/tokens/token-issuer.ts";
import type { ImageApps } from "../replicas/launch.ts";
import type { NotesHub } from "../replicas/notes-hub.ts";
import type { TargetContext } from "./app-request/target.ts";
import type { AppTokens } from "./access/app-tokens.ts";
import type { AccessRules } from "./access/check-access.ts";
import { ownerToken } from "./access/owner-token.ts";
import { openPeople } from "./access/session/people.ts";
import type { ApiServer } from "./rpc/api-server.ts";
import { openAudit } from "./access/audit.ts";
import { createApi } from "./api.ts";
import type { Bundles } from "./uploads/bundles.ts";
import { createConsole } from "./pages/console.ts";
import { Scrape } from "../prometheus/scrape.ts";
import { nothingHere } from "./rpc/answer-error.ts";
import { rpcListener, type ServiceGroup } from "./rpc/listener.ts";
import { appServices } from "./app-services.ts";
import { StatusBoard } from "./app/status-board.ts";
import type { TasksApi } from "./tasks-api.ts";
import { UploadUrls } from "./uploads/upload-urls.ts";

/** Parts of the API. */
export interface ServicesOptions {
  readonly server: ApiServer;
  /** Access to the API: the address it is bound to, and whether this user's processes need a token. */
  readonly access: Pick<AccessRules, "host" | "behindProxy" | "requireToken">;
  /** Tells apps by their tokens. */
  readonly appTokens: AppTokens;
  /** The state directory. */
  readonly home: string;
  /** The log of the changes that people make. */
  readonly auditFile: string;
  readonly controller: AppController;
  readonly metrics: AppMetrics;
  /** The deliveries to webhooks, and what sends them once more. */
  readonly inbox: Inbox;
  readonly replays: Replays;
  /** The observations of replicas and workers. */
  readonly notes: NotesHub;
  readonly logs: Logs;
  readonly apiKeys: ApiKeyStore;
  readonly sessions: SessionStore;
  /** The time in milliseconds since 1970, by which sessions end. Default: the system's. */
  readonly now?: () => number;
  readonly bundles: Bundles;
  readonly projects: ProjectStore;
  readonly secrets: SecretStore;
  /** Signs tokens for programs of this machine. Default: they get none. */
  readonly tokens?: TokenIssuer;
  /** Apps with images. Default: they are refused. */
  readonly imageApps?: ImageApps;
  /** Opens the runtime of tasks, with the first request that needs it. */
  readonly tasks: () => Promise<TaskRuntime>;
  /** The runtime of tasks; undefined while nothing has needed it. */
  readonly openedTasks: () => Promise<TaskRuntime> | undefined;
}

/** Answers the API on a server that listens. The returned function ends the streams and closes the server. */
export function startServices(options: ServicesOptions): () => Promise<void> {
  const { server, home, controller, logs, apiKeys, bundles } = options;
  const token = ownerToken(home);
  const board = new StatusBoard(controller);
  const uploadUrls = new UploadUrls();
  const shutdown = new AbortController();
  const audit = openAudit(options.auditFile);
  const people = openPeople({ ...options, ownerToken: token, audit });
  options.notes.listeners.add((_, { keys }) => keys.forEach((hash) => people.uses.note(hash)));
  const onKeyChange = (): void => {
    people.onKeyChange();
    controller.setKeyHashes(apiKeys.hashes());
  };
  const rates = new CallRates();
  options.notes.listeners.add((from, { calls }) => rates.note(from, calls));
  const tasks = once(() => openTasksApi(options, rates, shutdown.signal));
  const files = join(home, "files");
  const { imageApps, metrics } = options;
  const apps = appServices({
    controller,
    metrics,
    board,
    logs,
    apiKeys,
    keyUses: people.uses,
    onKeyChange,
    bundles,
    uploadUrls,
    files,
    imageApps,
  });
  const requests = requestGroup({ controller, tokens: options.tokens });
  const groups = [apps, requests, secretGroup(options.secrets), webhookGroup(options), taskGroup(tasks.get)];
  const scrape = new Scrape({ controller, metrics, tasks: options.openedTasks });
  server.answerWith(
    createApi({
      home,
      access: {
        ...options.access,
        keyOf: people.keyOf,
        onUse: (hash) => people.uses.note(hash),
        sessionOf: (id) => people.sessions.use(id),
        appOf: (text) => options.appTokens.read(text),
      },
      signIn: people,
      ownerToken: token,
      tokens: options.tokens,
      rpc: rpcListener({ groups, shutdownSignal: shutdown.signal, fallback: nothingHere, audit }),
      console: createConsole(),
      metrics: scrape,
      tasks: tasks.get,
      uploads: uploadUrls,
    }),
  );
  return async () => {
    people.close();
    scrape.close();
    shutdown.abort(new ConnectError("The platform is closing.", Code.Unavailable));
    await server.close();
    await tasks.made?.then((api) => api.close()).catch(() => {});
    board.close();
    audit.close();
  };
}

/** Opens the part of the API that is about tasks. */
async function openTasksApi(options: ServicesOptions, rates: CallRates, closing: AbortSignal): Promise<TasksApi> {
  const { home, controller, bundles, projects } = options;
  const [runtime, { createTasksApi }] = await Promise.all([options.tasks(), import("./tasks-api.ts")]);
  return createTasksApi({ runtime, home, controller, rates, inbox: options.inbox, bundles, projects, closing });
}

/** The services of tasks by name: their messages are as many again as those of apps, and loaded with the first call. */
const taskServiceNames = [
  "flyteidl2.task.TaskService",
  "flyteidl2.workflow.RunService",
  "flyteidl2.workflow.TranslatorService",
  "flyteidl2.dataproxy.DataProxyService",
  "flyteidl2.actions.ActionsService",
  "flyteidl2.trigger.TriggerService",
  "flyteidl2.project.ProjectService",
  "flyteidl2.auth.IdentityService",
  "flyteidl2.imagebuilder.ImageService",
  "appenv.v1.TaskDeploymentService",
  "appenv.v1.RunStreamService",
  "appenv.v1.RunControlService",
  "appenv.v1.ConditionService",
  "appenv.v1.GraphService",
  "appenv.v1.BackfillService",
  "appenv.v1.EventService",
  "appenv.v1.FiringService",
  "appenv.v1.ExplainService",
  "appenv.v1.QueueService",
  "appenv.v1.RerunService",
  "appenv.v1.StreamService",
  "appenv.v1.NotificationService",
];

function taskGroup(tasks: () => Promise<TasksApi>): ServiceGroup {
  return {
    names: taskServiceNames,
    // Inputs may be as large as a task allows.
    readMaxBytes: 128 * 1024 * 1024,
    open: async () => (await tasks()).services,
  };
}

function requestGroup(context: TargetContext): ServiceGroup {
  return {
    names: ["appenv.v1.AppRequestService"],
    // A body or a message that is too large is answered with its limit.
    readMaxBytes: 4 * 1024 * 1024,
    open: async () => {
      const { appRequestService } = await import("./app-request/service.ts");
      return (router) => void router.service(AppRequestService, appRequestService(context));
    },
  };
}

function webhookGroup(options: ServicesOptions): ServiceGroup {
  return {
    names: ["appenv.v1.WebhookService"],
    readMaxBytes: 64 * 1024,
    open: async () => (await import("./webhook/service.ts")).webhookServices(options),
  };
}

function secretGroup(secrets: SecretStore): ServiceGroup {
  return {
    names: ["flyteidl2.secret.SecretService"],
    // A value that is too large is answered with the limit of secrets.
    readMaxBytes: 4 * 1024 * 1024,
    open: async () => (await import("./secret/service.ts")).secretServices(secrets),
  };
}
