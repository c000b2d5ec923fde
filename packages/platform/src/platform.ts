import { join } from "node:path";
import type { Duration } from "@appenv/core";
import { invalidOption, terminalText, describeError, onUnexpected } from "@appenv/core/internal";
import type { AppId } from "@appenv/protocol";
import { createAppController, createProcessPool } from "./apps/app-controller.ts";
import { Closers } from "./process/closers.ts";
import { keepServing } from "./process/keep-serving.ts";
import { openPlatformLog } from "./process/platform-log.ts";
import { openHome } from "./state/home.ts";
import { openLogs } from "./logs/apps/app-logs.ts";
import { openAppMetrics } from "./metrics/app-metrics.ts";
import { once } from "./process/once.ts";
import { createAppTokens } from "./api/access/app-tokens.ts";
import { socketPlace, type SocketPlace } from "./api/access/own-socket.ts";
import { isLoopback } from "./api/rpc/address.ts";
import { joined, listenApi, listenApiSocket, type ApiServer } from "./api/rpc/api-server.ts";
import { openSecretFiles } from "./secrets/secret-files.ts";
import { openBundles } from "./api/uploads/bundles.ts";
import { createImageApps } from "./apps/images/image-apps.ts";
import { PythonEnvironments } from "./tasks/containers/python/python-environments.ts";
import { ImageStore } from "./tasks/images/image-store.ts";
import { openStore } from "./state/store.ts";
import { readKeepRuns } from "./housekeeping/keep-runs.ts";
import { keepHouse } from "./housekeeping/housekeeping.ts";
import { movesOf } from "./replicas/moves.ts";
import { Inbox } from "./inbox/inbox.ts";
import { Replays } from "./inbox/replays.ts";
import { NotesHub } from "./replicas/notes-hub.ts";
import type { TokenCaller } from "./secrets/tokens/answer-tokens.ts";
import { createTokenIssuer } from "./secrets/tokens/token-issuer.ts";

/** Options of the platform. */
export interface PlatformOptions {
  /** Its state directory. Default: `APPENV_HOME`, else `.appenv` beside the nearest package.json. */
  readonly home?: string;
  /** Default 7070; 0 takes any free port. */
  readonly port?: number;
  /** The address the API and the apps bind to. Default `127.0.0.1`. On one that others can reach, the API needs a key. */
  readonly host?: string;
  /** Has the API listen on the port. False: only on the Unix socket in the state directory. Default true. */
  readonly tcp?: boolean;
  /**
   * Says that a proxy of this machine passes requests of others on to the API. Then nobody counts as this machine's own user
   * without a token or a key, and the platform may be called by any name. Default false.
   */
  readonly behindProxy?: boolean;
  /** Requires a token over TCP also of processes of this user. Default false. */
  readonly requireToken?: boolean;
  /**
   * Time after their end for which runs are kept whose tasks say nothing, for example `30d`. Default: that of
   * `APPENV_KEEP_RUNS`, else for ever.
   */
  readonly keepRuns?: Duration;
  /**
   * Says that this process is the platform's own: then it goes on after an error that nobody caught, and ends, with exit
   * code 1, when its stored state is broken. Default false: in a user's process Node decides.
   */
  readonly ownsProcess?: boolean;
}

/** Time limit for ending with a broken state, in milliseconds. */
const brokenMs = 10_000;

/** A running platform. */
export interface Platform {
  /** The API's URL, for example `http://localhost:7070`; `unix:PATH` without TCP. */
  readonly endpoint: string;
  /** Its state directory. */
  readonly home: string;
  /** Drains every app and ends. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts the platform in this process. Its apps come back as they were, at zero replicas.
 *
 * @throws AppEnvError PLATFORM_RUNNING, PORT_IN_USE, STATE_CORRUPTED, STATE_NEWER, STATE_UNWRITABLE, DISK_FULL,
 * INVALID_OPTION. Nothing is left behind then.
 */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const closers = new Closers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.close().catch(() => {});
    throw error;
  }
}

async function start(options: PlatformOptions, closers: Closers): Promise<Platform> {
  const host = options.host ?? "127.0.0.1";
  const port = readPort(options.port);
  const keepRunsMs = readKeepRuns(options.keepRuns);
  const home = openHome(options.home ?? (await defaultHome()));
  closers.add(() => home.close());
  closers.add(watchErrors(join(home.logs, "platform.log"), options.ownsProcess === true, closers));
  // The first spare process boots while this one loads the rest.
  const compileCache = join(home.path, "compile-cache");
  const pool = createProcessPool(compileCache);
  closers.add(() => pool.close());
  const loadingServices = import("./api/services.ts");
  const store = openStore(home.stateFile);
  closers.add(() => store.close());
  const logs = openLogs(home.logs);
  closers.add(() => logs.close());
  const metrics = openAppMetrics(join(home.path, "metrics.db"));
  closers.add(() => metrics.close());
  const bundles = openBundles(home.bundles);
  const socket = socketPlace(home.path);
  const server = await listen({ host, port, tcp: options.tcp ?? true, socket });
  closers.add(() => server.close());
  const appTokens = createAppTokens();
  const tokens = createTokenIssuer(join(home.path, "token-keys.json"));
  const secrets = { store: store.secrets, files: openSecretFiles(home.path, (place) => pool.removeAtEnd(place)) };
  closers.add(() => secrets.files.close());
  const images = new ImageStore(home.path);
  const environments = new PythonEnvironments(home.path);
  closers.add(() => environments.close());
  const imageApps = createImageApps({ home: home.path, bundles, images, environments });
  const notes = new NotesHub();
  const inbox = new Inbox(join(home.path, "webhooks.db"));
  closers.add(() => inbox.close());
  notes.listeners.add((from, { deliveries }) => {
    if (deliveries.length > 0 && from.subject.startsWith("app:")) inbox.add(appOf(from), deliveries);
  });
  const replays = new Replays();
  const launch = {
    imageApps,
    notes,
    replays,
    apiEndpoint: server.endpoint,
    bundleFile: (uri: string) => bundles.file(uri),
    compileCache,
    secrets,
    tokens,
    apiToken: appTokens.issue,
    requiresToken: options.requireToken === true || options.behindProxy === true || !isLoopback(host),
  };
  const keyHashes = store.apiKeys.hashes();
  const controller = await createAppController({ store: store.apps, logs, metrics, host, launch, keyHashes, pool });
  closers.add(() => controller.close());
  controller.subscribe(({ type, app }) => void (type === "deleted" && inbox.removeApp(app.id)));
  tokens.onChange = () => controller.setKeyHashes(store.apiKeys.hashes());
  closers.add(() => void (tokens.onChange = () => {}));
  // Whoever has no tasks does not load what runs them.
  const tasks = once(async () => {
    const { openTaskRuntime } = await import("./tasks/open-task-runtime.ts");
    const endpointOf = (app: AppId): string | undefined => controller.get(app)?.endpoint;
    return openTaskRuntime({
      home,
      pool,
      images,
      environments,
      keepRunsMs,
      launch: { ...launch, endpointOf, onMove: movesOf(controller) },
    });
  });
  closers.add(() => tasks.made?.then((runtime) => runtime.close()));
  const { startServices } = await loadingServices;
  const stopServices = startServices({
    server,
    access: { host, behindProxy: options.behindProxy ?? false, requireToken: options.requireToken ?? false },
    appTokens,
    home: home.path,
    auditFile: join(home.logs, "audit.log"),
    controller,
    metrics,
    inbox,
    replays,
    notes,
    logs,
    apiKeys: store.apiKeys,
    sessions: store.sessions,
    bundles,
    projects: store.projects,
    secrets: store.secrets,
    tokens,
    tasks: tasks.get,
    openedTasks: () => tasks.made,
    imageApps,
  });
  closers.add(stopServices);
  home.publish(server.endpoint, socket?.path);
  closers.add(keepHouse({ hasTasks: store.hasTasks(), tasks, apps: store.apps, bundles, logs, compileCache }));
  return { endpoint: server.endpoint, home: home.path, close: () => closers.close() };
}

function appOf({ subject, project, domain }: TokenCaller): AppId {
  return { project, domain, name: subject.slice("app:".length) };
}

interface Listening {
  readonly host: string;
  readonly port: number;
  readonly tcp: boolean;
  readonly socket: SocketPlace | undefined;
}

/** @throws AppEnvError PORT_IN_USE, INVALID_OPTION, STATE_UNWRITABLE. */
async function listen({ host, port, tcp, socket }: Listening): Promise<ApiServer> {
  if (tcp) {
    const byPort = await listenApi(host, port);
    return socket === undefined ? byPort : joined([byPort, await listenApiSocket(socket)]);
  }
  if (socket !== undefined) return listenApiSocket(socket);
  throw invalidOption("tcp", tcp, "true here: there is no place for a Unix socket, whose path has at most 103 bytes");
}

/** Logs errors that nobody has caught. Only the first line of each goes to stderr, with the name of the log. */
function watchErrors(file: string, ownsProcess: boolean, closers: Closers): () => void {
  const log = openPlatformLog(file);
  const stopLog = onUnexpected((where, error) => {
    const [line = ""] = describeError(error).split("\n");
    process.stderr.write(`${terminalText(`${where}: ${line} (More in ${file})`, process.stderr)}\n`);
    log.write(where, error);
  });
  const stopServing = ownsProcess ? keepServing(() => void endBroken(closers)) : () => {};
  return () => {
    stopServing();
    stopLog();
    log.close();
  };
}

/** Ends, since nothing may be stored any more: open requests get a moment, and a process manager may start the platform again. */
async function endBroken(closers: Closers): Promise<void> {
  setTimeout(() => process.exit(1), brokenMs);
  await closers.close().catch(() => {});
  process.exit(1);
}

function readPort(port: number | undefined): number {
  if (port === undefined) return 7070;
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw invalidOption("port", port, "a whole number from 0 to 65535");
}

async function defaultHome(): Promise<string> {
  const { platformHome } = await import("@appenv/client/internal");
  return platformHome();
}
