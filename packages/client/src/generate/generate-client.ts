import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError, type ControlPlaneOptions, type OpenApiDocument } from "@appenv/core";
import { App } from "../app/app.ts";
import { connect } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { appToken } from "../serve/locate.ts";
import { Task } from "../task/task.ts";
import { clientFile, type GeneratedApp, type GeneratedTask } from "./client-file.ts";

/** A choice of what a client is written for. */
export interface GenerateOptions extends ControlPlaneOptions {
  /** Names of tasks (`environment.task`) or of their environments. Default: all tasks. */
  readonly tasks?: readonly string[];
  /** Names of apps. Default: all apps that describe themselves. */
  readonly apps?: readonly string[];
  /** The command that writes the file, for its first line. */
  readonly command: string;
}

/** A typed client, and what it leaves out. */
export interface GeneratedClient {
  /** The text of a module. */
  readonly text: string;
  readonly tasks: readonly string[];
  readonly apps: readonly string[];
  /** Apps that were not asked for by name and have no document, with the reason. */
  readonly leftOut: readonly { readonly app: string; readonly reason: string }[];
}

/** Everything that is deployed, up to this many of each. */
const limit = 10_000;

/** Time for an app to answer with its document, in milliseconds: it may have to start first. */
const documentMs = 60_000;

/**
 * Writes a client for what is deployed in a project and domain, from the tasks' interfaces and the apps' OpenAPI
 * documents, for which apps at zero replicas are started.
 *
 * @throws AppEnvError NOT_FOUND, UNREACHABLE; CALL_FAILED if an app named in `apps` gives no document.
 */
export async function generateClient({ tasks, apps, command, ...place }: GenerateOptions): Promise<GeneratedClient> {
  const controlPlane = await connect(place);
  const [found, described] = await Promise.all([
    findTasks(place, tasks),
    describeApps(controlPlane, place, await findApps(place, apps), apps !== undefined),
  ]);
  const generated = described.flatMap((each) => ("document" in each ? [each] : []));
  return {
    text: clientFile({ tasks: found, apps: generated, command }),
    tasks: found.map(({ name }) => name),
    apps: generated.map(({ name }) => name),
    leftOut: described.flatMap((each) => ("reason" in each ? [{ app: each.name, reason: each.reason }] : [])),
  };
}

async function findTasks(
  place: ControlPlaneOptions,
  chosen: readonly string[] | undefined,
): Promise<readonly GeneratedTask[]> {
  if (chosen?.length === 0) return [];
  const all = (await Task.list({ ...place, limit })).map(({ id }) => id.name);
  // One that is not there is asked for too, for an error that suggests its name.
  const missing = (chosen ?? []).filter((wanted) => !all.some((name) => isOf(name, wanted)));
  const names = [...all.filter((name) => chosen?.some((wanted) => isOf(name, wanted)) ?? true), ...missing];
  return Promise.all(names.map((name) => Task.get(name, place)));
}

/** True if a task has this name, or its environment has it. */
function isOf(name: string, wanted: string): boolean {
  return name === wanted || name.startsWith(`${wanted}.`);
}

async function findApps(place: ControlPlaneOptions, chosen: readonly string[] | undefined): Promise<readonly App[]> {
  return chosen === undefined
    ? App.list({ ...place, limit })
    : Promise.all([...new Set(chosen)].map((name) => App.get(name, place)));
}

type Described = GeneratedApp | { readonly name: string; readonly reason: string };

/** One app after the other: each may have to start. */
async function describeApps(
  controlPlane: ControlPlane,
  place: ControlPlaneOptions,
  apps: readonly App[],
  mustHave: boolean,
): Promise<readonly Described[]> {
  const described: Described[] = [];
  for (const app of apps) {
    const read = await patientlyRead(controlPlane, place, app);
    if (mustHave && "reason" in read) throw noDocument(app.name, read.reason);
    described.push(read);
  }
  return described;
}

function noDocument(name: string, reason: string): AppEnvError {
  return new AppEnvError("CALL_FAILED", `'${name}' gives no OpenAPI document: ${reason}.`, {
    fix: "Describe its routes as `docs/guides/serving.md` says, or leave it out with `--app`.",
  });
}

/** Maximum tries of an app to which no connection can be made, or whose connection breaks. */
const mostTries = 4;

/**
 * Asks for the document again if no answer came: a platform that is being started again is no reason to leave an app out.
 *
 * @throws AppEnvError UNREACHABLE if the control plane is gone as well.
 */
async function patientlyRead(controlPlane: ControlPlane, place: ControlPlaneOptions, app: App): Promise<Described> {
  const ending = AbortSignal.timeout(documentMs);
  const { name } = app;
  let { endpoint } = app;
  for (let tries = 1; ; tries += 1) {
    if (endpoint === "") return { name, reason: "it has no endpoint yet" };
    try {
      return await readDocument(controlPlane, name, endpoint, ending);
    } catch (error) {
      if (AppEnvError.is(error)) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      if (ending.aborted || tries === mostTries) return { name, reason };
    }
    await sleep(100 * 2 ** tries);
    ({ endpoint } = await App.get(name, place));
  }
}

async function readDocument(
  controlPlane: ControlPlane,
  name: string,
  endpoint: string,
  signal: AbortSignal,
): Promise<Described> {
  const token = (await appToken(controlPlane, name)()) ?? process.env["APPENV_API_KEY"];
  const headers = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
  const response = await fetch(`${endpoint.replace(/\/$/, "")}/openapi.json`, { ...headers, signal });
  if (!response.ok) return { name, reason: `it answered ${response.status}` };
  const text = await response.text();
  return isDocument(text)
    ? { name, document: JSON.parse(text) as OpenApiDocument }
    : { name, reason: "what it gives is none" };
}

function isDocument(text: string): boolean {
  try {
    return typeof (JSON.parse(text) as OpenApiDocument | null)?.openapi === "string";
  } catch {
    return false;
  }
}
