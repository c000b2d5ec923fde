import { readFile, stat } from "node:fs/promises";
import { AppEnvError } from "@appenv/core";
import { fromIdentifier, type AppId, type AppLaunch } from "@appenv/protocol";
import { ArtifactType, type CreateDownloadLinkRequest } from "@appenv/protocol/tasks";
import type { TaskRegistry } from "@appenv/engine";
import type { Bundles } from "../uploads/bundles.ts";
import { findTask } from "../run/create-run.ts";
import type { Download } from "./download-urls.ts";
import { invalidRequest, readActionId, readTaskId } from "../requests/ids.ts";
import type { RunReader } from "../run/run-reader.ts";
import { tarOfOne } from "./tar.ts";

/** Sources of downloads. */
export interface DownloadSources {
  readonly reader: RunReader;
  readonly registry: TaskRegistry;
  readonly bundles: Pick<Bundles, "file">;
  /** The launch of an app. @throws AppEnvError NOT_FOUND. */
  readonly appLaunch: (id: AppId) => AppLaunch;
}

/** The download that a request asks for: an action's report, or the bundle of an app, a task or an action. */
export function findDownload(request: CreateDownloadLinkRequest, sources: DownloadSources): Download {
  if (request.artifactType === ArtifactType.REPORT) return report(request.source, sources);
  if (request.artifactType === ArtifactType.CODE_BUNDLE) return bundle(request.source, sources);
  throw invalidRequest("The request names no type of artifact: a report or a code bundle can be downloaded.");
}

function report(source: CreateDownloadLinkRequest["source"], { reader }: DownloadSources): Download {
  if (source.case !== "actionAttemptId") throw invalidRequest("Only attempts of actions have reports.");
  const { id, hasReport } = reader.action(readActionId(source.value.actionId));
  if (!hasReport) throw new AppEnvError("NOT_FOUND", `The action '${id.action}' of the run '${id.run}' has no report.`);
  return { type: "report", read: async () => reader.engine.report(id) };
}

function bundle(source: CreateDownloadLinkRequest["source"], sources: DownloadSources): Download {
  const launch = launchOf(source, sources);
  if (launch?.kind !== "bundle") throw new AppEnvError("NOT_FOUND", "It has no bundle: it does not run from one.");
  const file = sources.bundles.file(launch.uri);
  return { type: "file", read: () => readBundle(file, `${launch.environment}.mjs`) };
}

/** Flyte's clients unpack the code that they download. */
async function readBundle(file: string, name: string): Promise<Uint8Array> {
  const [content, { mtime }] = await Promise.all([readFile(file), stat(file)]);
  return tarOfOne(name, content, mtime);
}

function launchOf(
  source: CreateDownloadLinkRequest["source"],
  { reader, registry, appLaunch }: DownloadSources,
): AppLaunch | undefined {
  if (source.case === "appId") return appLaunch(fromIdentifier(source.value));
  if (source.case === "taskId") return findTask(registry, readTaskId(source.value)).definition?.launch;
  if (source.case !== "actionAttemptId") throw invalidRequest("The request names no app, task or action.");
  const { task } = reader.action(readActionId(source.value.actionId));
  return task === undefined ? undefined : registry.get(task, task.version)?.definition?.launch;
}
