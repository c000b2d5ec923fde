import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { create } from "@bufbuild/protobuf";
import {
  AppLogsService,
  AppSchema,
  AppService,
  DataProxyService,
  Spec_DesiredState,
  Status_DeploymentStatus,
  StatusSchema,
  type AppMessage,
  type Identifier,
  type TailLogsResponse,
  type WatchResponse,
} from "@appenv/protocol";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";

type NodeHandler = ReturnType<typeof connectNodeAdapter>;

export type PhaseWord = keyof typeof Status_DeploymentStatus;

/** The quirks of a fake control plane. */
export interface FakeOptions {
  /** Answers `/healthz` as the embedded platform does. Default false: as Flyte's backend. */
  readonly home?: string;
  /** Statuses after a Create or Update to active, one event each. Default DEPLOYING, then ACTIVE. */
  readonly rollout?: (app: AppMessage) => readonly (readonly [PhaseWord, string])[];
  /** Called for every TailLogs stream; what it yields is sent, then the stream ends. */
  readonly tail?: (stream: number) => AsyncIterable<TailLogsResponse["resp"]>;
  /** The header every call must carry. */
  readonly token?: () => string;
  /** The bearer token of a proxy before it. */
  readonly proxyToken?: string;
  /** Services that need no token. */
  readonly openServices?: readonly string[];
  /** More services. */
  readonly routes?: (router: ConnectRouter) => void;
  /** Answers other paths. Default 404. */
  readonly handle?: Parameters<typeof createServer>[1];
}

/**
 * A control plane with the quirks of Flyte's open-source backend: Create is an upsert and ignores the desired state,
 * a stop ignores all else, only the spec is kept, the first status after a redeploy is the one before it, and a watch
 * also sends events of an app with the same name elsewhere.
 */
export class FakeControlPlane implements AsyncDisposable {
  readonly apps = new Map<string, AppMessage>();
  readonly uploads = new Map<string, { readonly body: Buffer; readonly headers: Record<string, unknown> }>();
  readonly calls: string[] = [];
  endpoint = "";
  readonly #options: FakeOptions;
  readonly #watchers = new Set<(name: string) => void>();
  readonly #queues = new Map<string, WatchResponse["event"][]>();
  readonly #pending = new Map<string, AppMessage>();
  #streams = 0;
  readonly #server = createServer((request, response) => this.#handle(request, response));

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.#adapter = this.#makeAdapter();
  }

  static async start(options: FakeOptions = {}): Promise<FakeControlPlane> {
    const fake = new FakeControlPlane(options);
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    fake.endpoint = `http://127.0.0.1:${(fake.#server.address() as AddressInfo).port}`;
    return fake;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Changes how an app stands and tells the watchers. */
  setStatus(name: string, phase: PhaseWord, message = ""): void {
    for (const [id, app] of this.apps) {
      if (id.endsWith(`/${name}`)) this.#change(id, withStatus(app, phase, message, this.#publicUrl(app)));
    }
  }

  #publicUrl(app: AppMessage): string {
    return `http://${app.metadata?.id?.name}.localhost:30081`;
  }

  #handle(request: Parameters<Parameters<typeof createServer>[1] & {}>[0], response: any): void {
    const path = request.url ?? "";
    if (path === "/healthz") {
      const { home } = this.#options;
      response.end(home === undefined ? "OK" : JSON.stringify({ platform: "appenv", home }));
    } else if (path.startsWith("/upload/") && request.method === "PUT") {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        this.uploads.set(path, { body: Buffer.concat(chunks), headers: request.headers });
        response.end();
      });
    } else if (path.startsWith("/flyteidl2.") || path.startsWith("/appenv.")) {
      this.calls.push(path.split("/").at(-1) ?? "");
      this.#adapter(request, response);
    } else if (this.#options.handle === undefined) response.writeHead(404).end();
    else this.#options.handle(request, response);
  }

  readonly #adapter: NodeHandler;

  #makeAdapter(): NodeHandler {
    return connectNodeAdapter({
      routes: (router) => {
        router.service(AppService, {
          create: ({ app }) => ({ app: this.#apply(app) }),
          get: ({ identifier }) => ({ app: this.#find(identifier.value as Identifier) }),
          update: ({ app }) => ({ app: this.#update(app) }),
          delete: ({ appId }) => {
            this.apps.delete(key(appId));
            return {};
          },
          list: ({ filterBy }) => ({
            apps: [...this.apps.values()].filter(
              (app) => filterBy.case !== "project" || app.metadata?.id?.project === filterBy.value.name,
            ),
          }),
          watch: (request, { signal }) => this.#watch(request.target.value as Identifier, signal),
        });
        router.service(DataProxyService, {
          createUploadLocation: ({ filename }) => ({
            signedUrl: `${this.endpoint}/upload/${filename}`,
            nativeUrl: `fake://uploads/${filename}`,
            headers: { "x-upload": "yes" },
          }),
        });
        const { tail } = this.#options;
        if (tail !== undefined) router.service(AppLogsService, { tailLogs: () => this.#tail(tail) });
        this.#options.routes?.(router);
      },
      interceptors: [
        (next) => (request) => {
          const { token, openServices = [] } = this.#options;
          if (openServices.some((name) => request.service.typeName.endsWith(name))) return next(request);
          if (token !== undefined && request.header.get("authorization") !== `Bearer ${token()}`) {
            throw new ConnectError("wrong token", Code.Unauthenticated);
          }
          const { proxyToken } = this.#options;
          if (proxyToken !== undefined && request.header.get("proxy-authorization") !== `Bearer ${proxyToken}`) {
            throw new ConnectError("wrong token of the proxy", Code.Unauthenticated);
          }
          return next(request);
        },
      ],
    });
  }

  async *#tail(tail: NonNullable<FakeOptions["tail"]>): AsyncGenerator<{ resp: TailLogsResponse["resp"] }> {
    this.#streams += 1;
    for await (const resp of tail(this.#streams)) yield { resp };
  }

  #find(id: Identifier): AppMessage {
    const app = this.apps.get(key(id));
    if (app === undefined) throw new ConnectError(`app ${id.name} not found`, Code.NotFound);
    return app;
  }

  #update(sent: AppMessage | undefined): AppMessage {
    if (sent?.spec?.desiredState !== Spec_DesiredState.STOPPED) return this.#apply(sent);
    const app = this.#find(sent.metadata?.id as Identifier);
    // A stopped app shows no address.
    this.#change(key(app.metadata?.id), withStatus(app, "STOPPED", "App scaled to zero", ""));
    return this.#find(sent.metadata?.id as Identifier);
  }

  #apply(sent: AppMessage | undefined): AppMessage {
    const id = key(sent?.metadata?.id);
    const before = this.apps.get(id);
    const app = create(AppSchema, {
      metadata: sent?.metadata?.id === undefined ? {} : { id: sent.metadata.id },
      ...(sent?.spec === undefined ? {} : { spec: sent.spec }),
      ...(before?.status === undefined ? {} : { status: before.status }),
    });
    this.apps.set(id, app);
    this.#pending.set(id, app);
    if (this.#queues.size > 0) setImmediate(() => this.#rollOut(id));
    return { ...app, status: create(StatusSchema, { ingress: { publicUrl: this.#publicUrl(app) } }) };
  }

  /** Statuses change once somebody watches, so that a test sees every one. */
  #rollOut(id: string): void {
    const app = this.#pending.get(id);
    if (app === undefined) return;
    this.#pending.delete(id);
    const steps = this.#options.rollout?.(app) ?? [
      ["DEPLOYING", ""],
      ["ACTIVE", ""],
    ];
    for (const [phase, message] of steps) this.#change(id, withStatus(app, phase, message, this.#publicUrl(app)));
  }

  #change(id: string, app: AppMessage): void {
    this.apps.set(id, app);
    for (const queue of this.#queues.values()) {
      queue.push({ case: "updateEvent", value: { $typeName: "flyteidl2.app.UpdateEvent", updatedApp: app } });
    }
    for (const wake of this.#watchers) wake(id);
  }

  async *#watch(id: Identifier, signal: AbortSignal): AsyncGenerator<{ event: WatchResponse["event"] }> {
    const own = String(Math.random());
    const queue: WatchResponse["event"][] = [];
    this.#queues.set(own, queue);
    const elsewhere = create(AppSchema, { metadata: { id: { ...id, project: "elsewhere" } } });
    const snapshot = [withStatus(elsewhere, "FAILED", "another app", ""), this.apps.get(key(id))];
    for (const app of snapshot) {
      if (app !== undefined)
        yield { event: { case: "createEvent", value: { $typeName: "flyteidl2.app.CreateEvent", app } } };
    }
    this.#rollOut(key(id));
    try {
      while (!signal.aborted) {
        for (const event of queue.splice(0)) yield { event };
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            this.#watchers.delete(wake);
            resolve();
          };
          this.#watchers.add(wake);
          signal.addEventListener("abort", wake, { once: true });
          if (queue.length > 0) wake();
        });
      }
    } finally {
      this.#queues.delete(own);
    }
  }
}

function key(id: Identifier | undefined): string {
  return `${id?.project}/${id?.domain}/${id?.name}`;
}

function withStatus(app: AppMessage, phase: PhaseWord, message: string, publicUrl: string): AppMessage {
  const status = create(StatusSchema, {
    conditions: [{ deploymentStatus: Status_DeploymentStatus[phase], message }],
    ...(publicUrl === "" ? {} : { ingress: { publicUrl } }),
  });
  return { ...app, status };
}
