import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createClient, type Client, type Interceptor, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import {
  ApiKeyService,
  AppLogsService,
  AppService,
  ClusterService,
  DataProxyService,
  toIdentifier,
  toSpec,
  type AppDefinition,
  type AppId,
} from "@appenv/protocol";
import { onTestFinished } from "vitest";
import { openHome } from "../../src/state/home.ts";
import { openAppMetrics, type AppMetrics } from "../../src/metrics/app-metrics.ts";
import { openLogs, type Logs } from "../../src/logs/apps/app-logs.ts";
import { ConditionLinks } from "../../src/api/answer/condition-links.ts";
import { ReadTokens } from "../../src/api/stream/read-tokens.ts";
import { ImageStore } from "../../src/tasks/images/image-store.ts";
import { RunFiles } from "../../src/tasks/containers/run-files.ts";
import { createAppTokens, type AppTokens } from "../../src/api/access/app-tokens.ts";
import { ownerToken } from "../../src/api/access/owner-token.ts";
import { listenApi } from "../../src/api/rpc/api-server.ts";
import { openBundles, type Bundles } from "../../src/api/uploads/bundles.ts";
import { Inbox } from "../../src/inbox/inbox.ts";
import { Replays } from "../../src/inbox/replays.ts";
import { NotesHub, type NotedListener } from "../../src/replicas/notes-hub.ts";
import { startServices } from "../../src/api/services.ts";
import { openStore, type Store } from "../../src/state/store.ts";
import { openActionLogs, type ActionLogs } from "../../src/logs/actions/action-logs.ts";
import { appId, definition } from "./app.ts";
import { FakeController } from "./fake-controller.ts";
import { FakeEngine, FakeRegistry } from "./fake-tasks.ts";
import { FakeTriggers } from "./fake-triggers.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

/** The platform's API over a controller that runs nothing. */
export interface ApiFixture {
  readonly endpoint: string;
  readonly home: string;
  readonly controller: FakeController;
  readonly logs: Logs;
  readonly metrics: AppMetrics;
  readonly inbox: Inbox;
  readonly store: Store;
  readonly bundles: Bundles;
  readonly engine: FakeEngine;
  readonly registry: FakeRegistry;
  readonly triggers: FakeTriggers;
  readonly actionLogs: ActionLogs;
  readonly transport: Transport;
  readonly apps: Client<typeof AppService>;
  readonly appLogs: Client<typeof AppLogsService>;
  readonly data: Client<typeof DataProxyService>;
  readonly keys: Client<typeof ApiKeyService>;
  readonly cluster: Client<typeof ClusterService>;
  readonly appTokens: AppTokens;
  /** Tells what a replica or a worker has observed. */
  readonly note: NotedListener;
  readonly close: () => Promise<void>;
}

/** Starts the API on a free port. `host` is what it believes to be bound to; it listens on this machine only. */
export async function startApi(
  host = "127.0.0.1",
  root = tempDirectory(),
  rules: { readonly behindProxy?: boolean; readonly requireToken?: boolean; readonly now?: () => number } = {},
): Promise<ApiFixture> {
  const appTokens = createAppTokens();
  const home = openHome(join(root, ".appenv"));
  const controller = new FakeController();
  const store = openStore(home.stateFile);
  const logs = openLogs(home.logs);
  const metrics = openAppMetrics(join(home.path, "metrics.db"));
  const notes = new NotesHub();
  const inbox = new Inbox(join(home.path, "webhooks.db"));
  const bundles = openBundles(home.bundles);
  const server = await listenApi("127.0.0.1", 0);
  const triggers = new FakeTriggers();
  const engine = new FakeEngine();
  const registry = new FakeRegistry(triggers);
  const files = new RunFiles(home.path);
  const images = new ImageStore(home.path);
  const backfills = {
    start: notFaked,
    count: notFaked,
    abort: notFaked,
    get: () => undefined,
    list: () => [],
    subscribe: () => () => {},
    close: () => {},
  };
  const links = new ConditionLinks(home.path, server.endpoint);
  const actionLogs = openActionLogs(join(home.logs, "runs"));
  const close = startServices({
    server,
    access: { host, behindProxy: rules.behindProxy ?? false, requireToken: rules.requireToken ?? false },
    appTokens,
    home: home.path,
    auditFile: join(home.logs, "audit.log"),
    controller,
    metrics,
    inbox,
    replays: new Replays(),
    notes,
    logs,
    apiKeys: store.apiKeys,
    sessions: store.sessions,
    ...(rules.now === undefined ? {} : { now: rules.now }),
    bundles,
    projects: store.projects,
    secrets: store.secrets,
    tasks: async () => ({
      engine,
      registry,
      triggers,
      backfills,
      logs: actionLogs,
      files,
      images,
      links,
      readTokens: new ReadTokens(home.path, server.endpoint),
      close: async () => {},
    }),
    openedTasks: () => undefined,
  });
  onTestFinished(async () => {
    await close();
    await actionLogs.close();
    await logs.close();
    metrics.close();
    inbox.close();
    store.close();
    home.close();
  });
  const token = ownerToken(home.path);
  const transport = createConnectTransport({
    baseUrl: server.endpoint,
    httpVersion: "1.1",
    // On this machine alone the owner needs none.
    interceptors:
      host === "127.0.0.1" && rules.requireToken !== true && rules.behindProxy !== true ? [] : [bearer(token)],
  });
  return {
    endpoint: server.endpoint,
    home: home.path,
    controller,
    metrics,
    inbox,
    logs,
    store,
    bundles,
    engine,
    registry,
    triggers,
    actionLogs,
    transport,
    appTokens,
    note: (from, noted) => notes.listeners.forEach((listener) => listener(from, noted)),
    ...clients(transport),
    close,
  };
}

/** Sends a credential with every call. */
export function bearer(token: string): Interceptor {
  return (next) => (request) => {
    request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
}

function clients(transport: Transport): Pick<ApiFixture, "apps" | "appLogs" | "data" | "keys" | "cluster"> {
  return {
    apps: createClient(AppService, transport),
    appLogs: createClient(AppLogsService, transport),
    data: createClient(DataProxyService, transport),
    keys: createClient(ApiKeyService, transport),
    cluster: createClient(ClusterService, transport),
  };
}

/** An app as a request carries it. */
export function appInit(id: AppId = appId(), changes: Partial<AppDefinition> = {}) {
  return { metadata: { id: toIdentifier(id) }, spec: toSpec(definition(changes), id.name) };
}

/** An answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request with exactly these headers: `fetch` would not send a foreign Host. */
export function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Uint8Array } = {},
): Promise<Answer> {
  const { method = "GET", headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      text(response).then((content) => resolve({ status, headers: answered, body: content }), reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

function notFaked(): never {
  throw new Error("not faked");
}
