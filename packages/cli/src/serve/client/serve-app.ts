import type { App } from "@appenv/client";
import type { ControlPlaneOptions } from "@appenv/core";
import { parameterOptions } from "../../options/parameters.ts";
import { controlPlaneOf } from "../../options/control-plane.ts";
import { appLine, printLines } from "../../output/logs.ts";
import { createOutput, type Output } from "../../output/output.ts";
import { reading } from "../../output/reading.ts";
import { errorFormat, reportError } from "../../output/report-error.ts";
import { Reloader } from "../../watch/reloader.ts";
import { interrupted, type ServeFlags, type ServeRequest, type Surroundings } from "../request.ts";
import { announce } from "./announce.ts";
import { watchUncaught } from "./uncaught.ts";

/** Reads the file and serves its app; then shows logs and serves again after changes, if that was asked for. */
export async function serveApp(request: ServeRequest, surroundings: Surroundings): Promise<void> {
  const { file, flags } = request;
  const { stopped } = surroundings;
  const output = createOutput(flags);
  const reloader = new Reloader({
    reload: () => serveOnce(),
    failed: (error) => reportFailedReload(error, request, output),
  });
  const onLoaded: ServeSteps["onLoaded"] = (files, others) => {
    if (flags.watch === true) reloader.watch(files, others);
  };
  const serveOnce = () => loadAndServe({ request, controlPlane: surroundings.controlPlane, output, onLoaded });
  const uncaught = watchUncaught(file);
  try {
    const app = await Promise.race([serveOnce(), uncaught.first, stopped]);
    uncaught.report = (error) => reportFailedReload(error, request, output);
    if (app === undefined) process.exitCode = interrupted;
    else await stay(app, { request, output, stopped, reloader });
  } finally {
    reloader.close();
    output.progress.stop();
  }
}

interface ServeSteps {
  readonly request: ServeRequest;
  readonly controlPlane: Promise<ControlPlaneOptions>;
  readonly output: Output;
  readonly onLoaded: (files: readonly string[], others: (() => Promise<readonly string[]>) | undefined) => void;
}

async function loadAndServe({ request, controlPlane, output, onLoaded }: ServeSteps): Promise<App> {
  const { file, name, flags } = request;
  // The file may read the env vars of the app while it is loaded.
  Object.assign(process.env, flags.env);
  const [{ pickEnvironment }, { serve }] = await Promise.all([
    import("@appenv/client/internal"),
    import("@appenv/client"),
  ]);
  const [{ environment, files, others }, found] = await Promise.all([
    reading(
      file,
      (text) => output.progress.say(text),
      () => pickEnvironment(file, name),
    ),
    controlPlane,
  ]);
  onLoaded(files, others);
  const app = await serve(environment, {
    ...controlPlaneOf(flags),
    ...found,
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(flags.env === undefined ? {} : { envVars: flags.env }),
    ...parameterOptions(environment, flags.param),
    ...trafficOf(flags),
    ...(flags.force === undefined ? {} : { force: flags.force }),
    ...(flags.copyStyle === undefined ? {} : { copyStyle: flags.copyStyle }),
    onNote: (text) => output.note(text),
    onProgress: (text, about) => output.progress.say(text, about),
  });
  announce(app, environment, output);
  return app;
}

/** With `--watch` a new revision gets all traffic: its author wants to see it. */
function trafficOf({ traffic, watch }: ServeFlags): { readonly traffic?: number } {
  if (traffic !== undefined) return { traffic };
  return watch === true ? { traffic: 100 } : {};
}

interface Stay {
  readonly request: ServeRequest;
  readonly output: Output;
  readonly stopped: Promise<void>;
  readonly reloader: Reloader;
}

async function stay(app: App, { request, output, stopped, reloader }: Stay): Promise<void> {
  const { watch, follow } = request.flags;
  if (watch === true) reloader.start();
  if (follow === true) {
    const stop = new AbortController();
    void stopped.then(() => stop.abort());
    const entries = app.logs({ follow: true, limit: 30, signal: stop.signal, onNote: (text) => output.note(text) });
    await printLines(entries, appLine, output, stop.signal);
  }
  if (watch === true) await stopped;
}

function reportFailedReload(error: unknown, { flags }: ServeRequest, output: Output): void {
  output.progress.stop();
  reportError(error, errorFormat(flags));
  output.note("What was served before goes on serving.");
}
