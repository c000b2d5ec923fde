import { join } from "node:path";
import { invalidOption } from "@appenv/core";
import { createAppController, createProcessPool } from "./apps/app-controller.ts";
import { Closers } from "./closers.ts";
import { openHome } from "./home/home.ts";
import { openLogs } from "./logs/logs.ts";
import { listenApi } from "./services/api-server.ts";
import { openBundles } from "./services/bundles.ts";
import { openStore } from "./store/store.ts";

/** How the platform runs. */
export interface PlatformOptions {
  /** Its state directory. Default: `APPENV_HOME`, else `.appenv` beside the nearest package.json. */
  readonly home?: string;
  /** Default 7070; 0 takes any free port. */
  readonly port?: number;
  /** The address the API and the apps bind to. Default `127.0.0.1`. On one that others can reach, the API needs a key. */
  readonly host?: string;
}

/** A running platform. */
export interface Platform {
  /** The API's URL, for example `http://localhost:7070`. */
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
  const home = openHome(options.home ?? (await defaultHome()));
  closers.add(() => home.close());
  // The first spare process boots while this one loads the rest.
  const compileCache = join(home.path, "compile-cache");
  const pool = createProcessPool(compileCache);
  closers.add(() => pool.close());
  const loadingServices = import("./services/services.ts");
  const store = openStore(home.stateFile);
  closers.add(() => store.close());
  const logs = openLogs(home.logs);
  closers.add(() => logs.close());
  const bundles = openBundles(home.bundles);
  const server = await listenApi(host, port);
  closers.add(() => server.close());
  const controller = await createAppController({
    store: store.apps,
    logs,
    host,
    launch: { apiEndpoint: server.endpoint, bundleFile: (uri) => bundles.file(uri), compileCache },
    keyHashes: store.apiKeys.hashes(),
    pool,
  });
  closers.add(() => controller.close());
  const { startServices } = await loadingServices;
  const stopServices = startServices({
    server,
    host,
    home: home.path,
    controller,
    logs,
    apiKeys: store.apiKeys,
    bundles,
  });
  closers.add(stopServices);
  home.publish(server.endpoint);
  // Old files in the way of nobody: neither waited for nor worth an error.
  void bundles.clean(controller.list().map(({ definition }) => definition)).catch(() => {});
  return { endpoint: server.endpoint, home: home.path, close: () => closers.close() };
}

function readPort(port: number | undefined): number {
  if (port === undefined) return 7070;
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw invalidOption("port", port, "a whole number from 0 to 65535");
}

async function defaultHome(): Promise<string> {
  const { platformHome } = await import("@appenv/client");
  return platformHome();
}
