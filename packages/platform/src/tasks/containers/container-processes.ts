import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AppEnvError } from "@appenv/core";
import { inBackground } from "@appenv/core/internal";
import type { ContainerProcess, ContainerProcesses, ContainerStart } from "@appenv/engine";
import type { ActionId, AppLaunch } from "@appenv/protocol";
import { bundleOf } from "@appenv/protocol/internal";
import { memoryLimit, type LaunchContext } from "../../replicas/launch.ts";
import type { ProcessPool } from "../../replicas/pool/process-pool.ts";
import { alsoHiding } from "../../secrets/mask.ts";
import { giveSecrets } from "../../secrets/give-secrets.ts";
import { isBuildTask } from "../images/build-task.ts";
import { ImageBuild, type ImageBuildOptions } from "../images/image-build.ts";
import { containerEnv } from "./container-env.ts";
import { ProgramProcess } from "./program-process.ts";
import type { PythonPrograms } from "./python/python-programs.ts";
import { readResult } from "./read-result.ts";
import { fillTemplates } from "./templates.ts";

/** Needs of the programs of containers. */
export interface ContainerOptions extends ImageBuildOptions {
  readonly pool: ProcessPool;
  readonly launch: LaunchContext;
  readonly python: PythonPrograms;
}

type ImageLaunch = Extract<AppLaunch, { kind: "image" }>;

/** Programs of containers as processes of this machine, with the files, arguments and env vars that a cluster gives them. */
export function createContainerProcesses(options: ContainerOptions): ContainerProcesses {
  return {
    start: async (start) =>
      isBuildTask(start.spec.definition) ? new ImageBuild(start, options) : startContainer(start, options),
  };
}

async function startContainer(start: ContainerStart, options: ContainerOptions): Promise<ContainerProcess> {
  const { definition, project, domain } = start.spec;
  const { pool, launch, files, python } = options;
  const id = { project, domain, run: start.attempt.run, action: start.attempt.action };
  const words = await wordsOf(start, id, options);
  const secrets = giveSecrets({ project, domain, secrets: definition.secrets }, launch.secrets);
  try {
    const env = containerEnv(start, id, secrets.env, options);
    const cwd = join(files.attempt(id, start.attempt.attempt), "work");
    await mkdir(cwd, { recursive: true, mode: 0o700 });
    const program = await python.resolve(
      { words, env, cwd, mask: alsoHiding(secrets.mask, env["APPENV_API_TOKEN"]) },
      start,
    );
    const process = await ProgramProcess.start(program);
    process.once("exit", () => {
      secrets.remove();
      inBackground("An empty directory could not be removed", files.removeIfEmpty(id));
    });
    pool.trackSession(process);
    return asContainer(process, start, id, options);
  } catch (error) {
    secrets.remove();
    throw error;
  }
}

/** The words of the program: its arguments name files of this machine. */
async function wordsOf(start: ContainerStart, id: ActionId, options: ContainerOptions): Promise<readonly string[]> {
  const { attempt, spec } = start;
  const { files, launch } = options;
  const image = imageOf(spec.definition.launch);
  const [output, before] = [files.attempt(id, attempt.attempt), attempt.attempt - 1];
  const values = {
    input: await files.write(id, "inputs.pb", attempt.inputs),
    outputPrefix: output,
    rawOutputDataPrefix: files.rawData(id),
    checkpointOutputPrefix: join(output, checkpoints),
    prevCheckpointPrefix: before === 0 ? undefined : join(files.attempt(id, before), checkpoints),
    runStartedAt: attempt.runStartedAt ?? 0,
    inputs: attempt.inputs,
  };
  for (const directory of [values.rawOutputDataPrefix, values.checkpointOutputPrefix]) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  }
  const bundle = bundleOf(image);
  const words = fillTemplates([...image.command, ...image.args], values);
  return words.map((word) => (word === bundle && isUploaded(word) ? launch.bundleFile(word) : word));
}

/** A program that makes a child names the file itself. */
function isUploaded(uri: string): boolean {
  return uri.startsWith("appenv:");
}

const checkpoints = "_flytecheckpoints";

function imageOf(launch: AppLaunch): ImageLaunch {
  if (launch.kind !== "image") throw new TypeError("A task of a bundle has no container.");
  if (launch.command.length + launch.args.length > 0) return launch;
  throw new AppEnvError(
    "UNSUPPORTED",
    `The platform on this machine has no images, and the task states no program but that of the image '${launch.image}'.`,
    { fix: "State its command, or run the task on a cluster." },
  );
}

function asContainer(
  process: ProgramProcess,
  { spec, attempt }: ContainerStart,
  id: ActionId,
  { pool, files }: ContainerOptions,
): ContainerProcess {
  const { definition } = spec;
  const limit = memoryLimit(definition);
  return {
    pid: process.pid,
    memoryLimit: limit,
    on: (event: "output" | "exit", listener: never) => process.on(event as "exit", listener),
    kill: (signal) => process.kill(signal),
    watchMemory: (onOver) => pool.watchMemory(process, limit, onOver),
    readResult: async () => {
      const places = { run: files.base(id), objects: files.objects };
      return readResult(files.attempt(id, attempt.attempt), definition.settings.maxInlineBytes, places);
    },
  };
}
