import { readFile } from "node:fs/promises";
import { fromBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import type { ContainerProcess, ContainerStart, ProcessExit } from "@appenv/engine";
import { decodeInputs, encodeOutput, ImageBuildSpecSchema } from "@appenv/protocol/tasks";
import { IsolatingEmitter } from "../../replicas/isolating-emitter.ts";
import type { RunFiles } from "../containers/run-files.ts";
import { usesStatedInterpreter } from "../containers/python/interpreter.ts";
import { hasSdk, withSdkOf } from "../containers/python/packages.ts";
import type { PythonEnvironments } from "../containers/python/python-environments.ts";
import type { ImageStore } from "./image-store.ts";
import { readLayers } from "./read-layers.ts";
import { requirementsIn } from "./requirements-file.ts";

/** Needs of builds. */
export interface ImageBuildOptions {
  readonly files: RunFiles;
  readonly images: ImageStore;
  readonly environments: PythonEnvironments;
}

interface Events {
  output: [stream: "stdout" | "stderr", lines: readonly string[]];
  exit: [exit: ProcessExit];
}

type Result = Awaited<ReturnType<ContainerProcess["readResult"]>>;

/** A build of an image, as a program that runs within the platform: it makes the environment that the image stands for. */
export class ImageBuild extends IsolatingEmitter<Events> implements ContainerProcess {
  readonly pid: number = process.pid;
  readonly memoryLimit = undefined;
  readonly #options: ImageBuildOptions;
  readonly #ended: Promise<Result>;

  constructor(start: ContainerStart, options: ImageBuildOptions) {
    super("a build of an image");
    this.#options = options;
    this.#ended = this.#run(start);
    void this.#ended.then(() => this.emit("exit", { code: 0, signal: null }));
  }

  /** Without effect: tools that it has started end with their step. */
  kill(): void {}

  watchMemory(): void {}

  readResult(): Promise<Result> {
    return this.#ended;
  }

  async #run(start: ContainerStart): Promise<Result> {
    try {
      const name = await this.#build(start);
      return { outcome: { type: "succeeded", outputs: encodeOutput({ kind: "string" }, name) }, report: undefined };
    } catch (error) {
      const { code, message, fix } = AppEnvError.from(error, "START_FAILED", "The image cannot be made");
      const told = {
        kind: "USER",
        code,
        message: `${message} ${fix ?? ""}`,
        stack: undefined,
        retryable: false,
      } as const;
      return { outcome: { type: "failed", error: told }, report: undefined };
    }
  }

  async #build({ spec: { definition }, attempt, say }: ContainerStart): Promise<string> {
    const { files, images, environments } = this.#options;
    const inputs = decodeInputs(definition.interface, attempt.inputs) as Readonly<Record<string, string>>;
    const { spec = "", context = "", target_image: name = "" } = inputs;
    const asked = fromBinary(ImageBuildSpecSchema, await readFile(files.uploaded(spec)));
    const archive = context === "" ? undefined : files.uploaded(context);
    const { leftOut, ...read } = await readLayers(asked.layers, (file) => requirementsIn(archive, file));
    for (const part of leftOut) say(`Left out on this machine, so install it yourself if it is needed: ${part}`);
    const packages = withSdkOf(asked.baseImage, { ...read, python: asked.pythonVersion || undefined });
    if (usesStatedInterpreter()) say("APPENV_PYTHON names the interpreter, so no environment is made.");
    else if (hasSdk(packages)) await environments.interpreter(packages, { say });
    else
      say("Its base image is not Flyte's, so its environment is made with its first task, for the version of the SDK.");
    images.put(name, packages);
    return name;
  }
}
