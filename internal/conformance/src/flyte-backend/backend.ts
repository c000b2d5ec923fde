import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ConnectRouter, Interceptor } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { AppLogsService, AppService, AuthMetadataService, ClusterService } from "@appenv/protocol";
import { SecretService } from "@appenv/protocol/secrets";
import {
  ActionsService,
  CacheService,
  DataProxyService,
  IdentityService,
  ProjectService,
  RunService,
  TaskService,
  TriggerService,
} from "@appenv/protocol/tasks";
import { actionsService } from "./actions-service.ts";
import { appLogsService } from "./apps/app-logs-service.ts";
import { appService } from "./apps/app-service.ts";
import { AppState } from "./apps/app-state.ts";
import { cacheService } from "./cache-service.ts";
import { robot } from "./auth/robot.ts";
import { authMetadataOf, identityOf, requireToken, type BackendAuth } from "./auth/require-token.ts";
import { authMetadataService, clusterService } from "./cluster-service.ts";
import { dataProxyService } from "./data-proxy-service.ts";
import { Knative } from "./knative/knative.ts";
import type { PodTimes } from "./knative/pod.ts";
import type { BackendParts } from "./parts.ts";
import { Pods } from "./pods.ts";
import { projectService } from "./project-service.ts";
import { checkRequests } from "./rules.ts";
import { runService } from "./run-service.ts";
import { startFakeS3, type FakeS3 } from "./s3.ts";
import { SecretStore } from "./secrets/secret-store.ts";
import { secretService } from "./secrets/secret-service.ts";
import { State, type ActionState } from "./state.ts";
import { TaskRegistry, taskService } from "./task-service.ts";
import { fire, triggerService } from "./triggers/trigger-service.ts";
import { TriggerStore, type TriggerKey } from "./triggers/trigger-store.ts";

/** A Flyte 2 backend as the open-source one was seen to behave, with a Kubernetes that runs pods as processes. */
export interface FlyteBackend {
  /** For example `http://127.0.0.1:8090`. */
  readonly endpoint: string;
  readonly s3: FakeS3;
  readonly state: State;
  readonly pods: Pods;
  readonly knative: Knative;
  /** Fires a trigger as the scheduler does. @param at - The time that the run is meant for. Default: now. */
  fire(name: TriggerKey, at?: Date): ActionState;
  /** Methods that were called, as `AppService/Create`. */
  readonly calls: string[];
  /** Requests that break a rule of Flyte's definitions so far, each with its message, field and rule. */
  readonly violations: ReadonlySet<string>;
  /** @throws Error if a request broke a rule of Flyte's definitions. */
  close(): Promise<void>;
}

/** Options of the backend. */
export interface FlyteBackendOptions {
  /** Projects that exist. Default `flytesnacks`. */
  readonly projects?: readonly string[];
  /** Time for which Get of an app may answer as before, in milliseconds. Default 30 seconds, as the real one. */
  readonly appCacheMs?: number;
  readonly podTimes?: Partial<PodTimes>;
  /** Calls need a token. Default: as the open-source backend, which asks for none. */
  readonly auth?: BackendAuth;
  /** Change what is answered: for a backend that is newer than its clients. */
  readonly interceptors?: Interceptor[];
}

const key = { accessKeyId: "rustfs", secretAccessKey: "rustfsstorage" };

/** Starts the backend on a free port. */
export async function startFlyteBackend(options: FlyteBackendOptions = {}): Promise<FlyteBackend> {
  const s3 = await startFakeS3({ [key.accessKeyId]: key.secretAccessKey });
  const folder = mkdtempSync(join(tmpdir(), "appenv-pods-"));
  const env: Record<string, string> = {
    // A container's own files go with it.
    TMPDIR: folder,
    FLYTE_AWS_ENDPOINT: s3.endpoint,
    FLYTE_AWS_ACCESS_KEY_ID: key.accessKeyId,
    FLYTE_AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    _U_INSECURE: "true",
    _U_USE_ACTIONS: "1",
  };
  const state = new State();
  const secrets = new SecretStore();
  const knative = new Knative(options.podTimes);
  const pods = new Pods({ state, s3, env, secrets });
  const projects = new Set(options.projects ?? ["flytesnacks"]);
  const parts: BackendParts = { state, pods, s3, tasks: new TaskRegistry(), triggers: new TriggerStore(), projects };
  const violations = new Set<string>();
  const apps = new AppState(knative, { env, secrets });
  const routes = (router: ConnectRouter): void => {
    router.service(AppService, appService(apps, options.appCacheMs ?? 30_000));
    router.service(AppLogsService, appLogsService(apps));
    router.service(SecretService, secretService(secrets));
    runRoutes(router, parts, projects);
    authRoutes(router, options.auth);
  };
  const interceptors = [checkRequests(violations), ...(options.interceptors ?? [])];
  if (options.auth !== undefined) interceptors.unshift(requireToken(options.auth));
  const { port, calls, close } = await listen(routes, interceptors);
  // Without a scheme, as the backend's configuration has it.
  env["_U_EP_OVERRIDE"] = `127.0.0.1:${port}`;
  if (options.auth !== undefined) giveKey(env, `http://127.0.0.1:${port}`);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    s3,
    state,
    pods,
    knative,
    calls,
    violations,
    fire: (name: TriggerKey, at?: Date) => fire(parts, name, at),
    close: async () => {
      await Promise.all([pods.close(), knative.close()]);
      await close();
      await s3.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
      if (violations.size > 0) throw new Error(`Requests broke Flyte's rules:\n  ${[...violations].join("\n  ")}`);
    },
  };
}

function runRoutes(router: ConnectRouter, parts: BackendParts, projects: Set<string>): void {
  router.service(RunService, runService(parts));
  router.service(ActionsService, actionsService(parts));
  router.service(TaskService, taskService(parts.tasks, parts.triggers));
  router.service(TriggerService, triggerService(parts.triggers));
  router.service(CacheService, cacheService());
  router.service(DataProxyService, dataProxyService(parts, key));
  router.service(ProjectService, projectService(projects));
  router.service(ClusterService, clusterService);
}

/** Gives pods a key, as a backend does that wants tokens from them too. */
function giveKey(env: Record<string, string>, endpoint: string): void {
  delete env["_U_INSECURE"];
  env["_U_EP_OVERRIDE"] = endpoint;
  env["_UNION_EAGER_API_KEY"] = Buffer.from(`${endpoint}:${robot.id}:${robot.secret}:`).toString("base64");
  env["FLYTE_ADMIN_SCOPES"] = "all";
}

function authRoutes(router: ConnectRouter, auth: BackendAuth | undefined): void {
  router.service(AuthMetadataService, auth === undefined ? authMetadataService : authMetadataOf(auth));
  if (auth !== undefined) router.service(IdentityService, identityOf(auth));
}

async function listen(routes: (router: ConnectRouter) => void, interceptors: Interceptor[]) {
  const calls: string[] = [];
  const adapter = connectNodeAdapter({
    routes,
    interceptors,
    // Anything that is no call of a mounted service.
    fallback: ({ url }, response) => {
      if (url === "/healthz" || url === "/readyz") response.end("OK");
      else {
        response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" });
        response.end("404 page not found\n");
      }
    },
  });
  const server = createServer((request, response) => {
    const [, service, method] = /^\/flyteidl2\.[a-z]+\.(\w+)\/(\w+)/.exec(request.url ?? "") ?? [];
    if (method !== undefined) calls.push(`${service}/${method}`);
    adapter(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port: (server.address() as AddressInfo).port, calls, close };
}
