import { readRunningPlatform } from "@appenv/client/control-plane";
import { AppEnvError } from "@appenv/core";
import type { OrphanReaper, Platform } from "@appenv/platform";
import { bindingOf } from "../../options/binding.ts";
import { createOutput, type Output } from "../../output/output.ts";
import { interrupted, type ClientRequest } from "../request.ts";
import { ClientProcess, type ClientEnd } from "./client-process.ts";
import { releaseMemory } from "./release-memory.ts";

/**
 * Starts the platform in this process, and meanwhile another process that reads the file and serves its app or runs its
 * task: the user's code, its packages and the bundler are gone again once it has, and cannot end the platform. The
 * platform stays for an app, and ends with a run.
 *
 * @throws AppEnvError LOAD_FAILED if the user's code ended that process, and what starting a platform throws.
 */
export async function hostPlatform(request: ClientRequest, home: string, stopped: Promise<void>): Promise<void> {
  const client = new ClientProcess(request);
  const opening = open(home, request, client);
  opening.then(
    () => client.proceed(),
    () => client.stop(),
  );
  void stopped.then(() => client.stop());
  try {
    process.exitCode =
      exitCodeOf(await client.ended, client.stopping, nameOf(request)) ?? (await opening.then(() => interrupted));
    const isServing = request.kind === "serve" && process.exitCode === 0 && (await opening) !== undefined;
    if (isServing) {
      releaseMemory();
      await Promise.race([stopped, client.unread]);
    }
  } finally {
    await close(opening, createOutput(request.flags));
  }
}

function nameOf(request: ClientRequest): string {
  if (request.kind === "serve") return request.file;
  return request.subject.from === "file" ? request.subject.file : "The run";
}

/** Undefined if it was ended from outside. */
function exitCodeOf({ code, signal, announced }: ClientEnd, stopping: boolean, file: string): number | undefined {
  if (announced && code !== interrupted) return code ?? 1;
  // Ctrl-C may reach a process before it can take it.
  if (stopping || signal === "SIGINT" || signal === "SIGTERM" || signal === "SIGHUP") return undefined;
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  throw new AppEnvError("LOAD_FAILED", `${file}: The process that read the file was ended ${how}.`, {
    fix: "Let the file only declare its environment: a call of `process.exit` while it is imported ends the reading too.",
  });
}

/** Resolves with the platform, or without one if another process started it at the same moment. */
async function open(home: string, request: ClientRequest, client: ClientProcess): Promise<Platform | undefined> {
  const { startPlatform, OrphanReaper } = await import("@appenv/platform");
  guard(client, new OrphanReaper());
  const { port } = request.flags;
  const bind = { ownsProcess: true, ...bindingOf(request.flags) };
  try {
    return await startPlatform({ home, ...bind, ...(port === undefined ? {} : { port }) });
  } catch (error) {
    // The platform of another project may be there; one that ends with a run needs no port that people know.
    const isTaken = request.kind === "run" && port === undefined && AppEnvError.is(error, "PORT_IN_USE");
    if (isTaken) return startPlatform({ home, ...bind, port: 0 });
    if (!AppEnvError.is(error, "PLATFORM_RUNNING") || (await readRunningPlatform(home)) === undefined) throw error;
    return undefined;
  }
}

/** An endless loop in the user's file must not outlive this process either, should it be killed. */
function guard(client: ClientProcess, orphans: OrphanReaper): void {
  if (client.pid !== undefined) orphans.add(client.pid);
  const release = (): void => {
    if (client.pid !== undefined) orphans.remove(client.pid);
    orphans.close();
  };
  client.ended.then(release, release);
}

async function close(opening: Promise<Platform | undefined>, output: Output): Promise<void> {
  const platform = await opening.catch(() => undefined);
  if (platform === undefined) return;
  await output.during("Stopping: running requests finish first ...", () => platform.close());
}
