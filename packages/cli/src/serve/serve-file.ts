import type { App } from "@appenv/client";
import type { ServeFlags } from "../commands/serve.ts";
import { targetOf } from "../options/target.ts";
import { printLogs } from "../output/logs.ts";
import { createOutput, type Output } from "../output/output.ts";
import { reportError } from "../output/report-error.ts";
import { untilStopped } from "../platform/until-stopped.ts";
import { Reloader } from "../watch/reloader.ts";
import { announce } from "./announce.ts";
import { openPlatform, type OpenedPlatform } from "./open-platform.ts";

/** What shells expect of a command that Ctrl-C ended before it had done its work. */
const interrupted = 130;

/** What `appenv serve` does: serves the app, and stays while there is something to stay for. */
export async function serveFile(file: string, name: string | undefined, flags: ServeFlags): Promise<void> {
  const output = createOutput(flags);
  const stopped = untilStopped();
  // Importing and starting the platform, and bundling the file, take their time side by side.
  const opening = openPlatform(flags, (text) => output.progress.say(text));
  const reloader = new Reloader({
    reload: () => serveOnce(),
    failed: (error) => reportFailedReload(error, flags, output),
  });
  const onLoaded = (files: readonly string[]): void => {
    if (flags.watch === true) reloader.watch(files);
  };
  const serveOnce = () => loadAndServe({ file, name, flags, opening, output, onLoaded });
  try {
    const app = await Promise.race([serveOnce(), stopped]);
    if (app === undefined) process.exitCode = interrupted;
    else await stay(app, { flags, output, stopped, reloader, ownsPlatform: (await opening).own !== undefined });
  } finally {
    reloader.close();
    await close(opening, output);
  }
}

interface ServeSteps {
  readonly file: string;
  readonly name: string | undefined;
  readonly flags: ServeFlags;
  readonly opening: Promise<OpenedPlatform>;
  readonly output: Output;
  readonly onLoaded: (files: readonly string[]) => void;
}

async function loadAndServe({ file, name, flags, opening, output, onLoaded }: ServeSteps): Promise<App> {
  output.progress.say(`Reading ${file} ...`);
  const { pickEnvironment, serve } = await import("@appenv/client");
  const [{ environment, files }, { target }] = await Promise.all([pickEnvironment(file, name), opening]);
  onLoaded(files);
  const app = await serve(environment, {
    ...targetOf(flags),
    ...target,
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(flags.env === undefined ? {} : { envVars: flags.env }),
    onProgress: (text) => output.progress.say(text),
  });
  announce(app, environment, output);
  return app;
}

interface Stay {
  readonly flags: ServeFlags;
  readonly output: Output;
  readonly stopped: Promise<void>;
  readonly reloader: Reloader;
  readonly ownsPlatform: boolean;
}

/** Shows logs and serves again after changes, if that was asked for; a platform of this process stays up anyway. */
async function stay(app: App, { flags, output, stopped, reloader, ownsPlatform }: Stay): Promise<void> {
  if (flags.watch === true) reloader.start();
  if (flags.follow === true) {
    const stop = new AbortController();
    void stopped.then(() => stop.abort());
    await printLogs(app.logs({ follow: true, limit: 30, signal: stop.signal }), output, stop.signal);
  }
  if (flags.watch === true || ownsPlatform) await stopped;
}

function reportFailedReload(error: unknown, flags: ServeFlags, output: Output): void {
  output.progress.stop();
  reportError(error, { json: output.json, verbose: flags.verbose ?? false });
  output.note("What was served before goes on serving.");
}

async function close(opening: Promise<OpenedPlatform>, output: Output): Promise<void> {
  output.progress.stop();
  const { own } = await opening.catch((): Partial<OpenedPlatform> => ({}));
  if (own === undefined) return;
  output.progress.say("Stopping: running requests finish first ...");
  await own.close();
  output.progress.stop();
}
