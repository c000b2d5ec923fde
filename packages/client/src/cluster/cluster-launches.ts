import { createHash, randomUUID } from "node:crypto";
import { relative, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { AppEnvError, type AppEnvironment, type Environment, type TaskEnvironment } from "@appenv/core";
import type { AppLaunch } from "@appenv/protocol";
import { replicaCommand } from "@appenv/protocol/internal";
import { bundleWhole, type WholeBundleOptions } from "../bundle/bundle-whole.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { requireSource, workdirOf } from "../load/source.ts";
import type { LaunchOptions, TaskLaunches } from "../serve/task-launches.ts";
import { appLaunch, stockImage, taskLaunch } from "./container-words.ts";
import { deployedCode } from "./deployed-code.ts";
import { imageOf, packagesOfImages, type ImageOptions } from "./image-of.ts";
import { placeOfCode, uploadCode, type Code, type UploadedCode } from "./upload-code.ts";

/** The launches of a plan's environments on a cluster: one bundle with all packages, and one upload, for each source file. */
export class ClusterLaunches {
  readonly #codes = new Map<string, Promise<VersionedCode>>();
  readonly #uploads = new Map<string, Promise<UploadedCode>>();
  readonly #force: boolean;
  readonly #isInImage: boolean;
  readonly #isDry: boolean;
  readonly #images: ImageOptions;

  constructor(options: LaunchOptions) {
    const { force = false, copyStyle, isDry = false } = options;
    this.#isDry = isDry;
    this.#images = { isDry, say: options.onNote ?? options.onProgress };
    this.#force = force;
    this.#isInImage = copyStyle === "none";
  }

  /** @throws AppEnvError LOAD_FAILED, NATIVE_ADDON, UNSUPPORTED, UNREACHABLE, CONTROL_PLANE. */
  async of(environment: AppEnvironment, name: string, controlPlane: ControlPlane): Promise<AppLaunch> {
    const { command, args } = environment;
    if (command.length > 0 || args.length > 0) return ownProgram(environment, this.#images);
    if (this.#isInImage) return replicaInImage(environment, this.#images);
    const code = await this.#code(environment);
    const known = async (): Promise<UploadedCode | undefined> => deployedCode.ofApp(controlPlane, name, code.hash);
    const [image, uploaded] = await Promise.all([
      imageOf(environment, this.#images, stockImage),
      this.#upload(code, controlPlane, known),
    ]);
    return appLaunch(image, uploaded, environment.name);
  }

  /**
   * The launches of an environment's tasks, with the version of the plan's root, whose code includes theirs.
   *
   * @throws AppEnvError as `of`.
   */
  async ofTasks(environment: TaskEnvironment, root: Environment, controlPlane: ControlPlane): Promise<TaskLaunches> {
    if (this.#isInImage) throw tasksInImage(environment);
    const code = await this.#code(root);
    const { version } = code;
    const [first] = environment.tasks.values();
    const known = async (): Promise<UploadedCode | undefined> =>
      first && deployedCode.ofTask(controlPlane, first.fullName, version, code.hash);
    const [image, uploaded] = await Promise.all([
      imageOf(environment, this.#images, stockImage),
      this.#upload(code, controlPlane, known),
    ]);
    return { version, of: (task) => taskLaunch(image, uploaded, environment.name, task) };
  }

  #code(environment: Environment): Promise<VersionedCode> {
    const source = requireSource(environment);
    const installed = packagesOfImages(environment);
    const key = JSON.stringify([source, installed]);
    const made = this.#codes.get(key) ?? this.#makeCode(source, { folder: workdirOf(environment), installed });
    this.#codes.set(key, made);
    return made;
  }

  async #makeCode(source: string, options: WholeBundleOptions): Promise<VersionedCode> {
    const { code, hash, unclear } = await bundleWhole(source, options);
    if (unclear.length > 0) this.#images.say?.(noteOfFiles(unclear, options.folder));
    const bytes = new Uint8Array(await promisify(gzip)(code));
    return { bytes, hash: sha256(bytes), version: (this.#force ? sha256(randomUUID()) : hash).slice(0, 16) };
  }

  #upload(
    code: Code,
    controlPlane: ControlPlane,
    known: () => Promise<UploadedCode | undefined>,
  ): Promise<UploadedCode> {
    const begun = this.#uploads.get(code.hash) ?? this.#uploadIfNew(code, controlPlane, known);
    this.#uploads.set(code.hash, begun);
    return begun;
  }

  async #uploadIfNew(
    code: Code,
    controlPlane: ControlPlane,
    known: () => Promise<UploadedCode | undefined>,
  ): Promise<UploadedCode> {
    const found = this.#force ? undefined : await known();
    if (found !== undefined) return found;
    return this.#isDry
      ? { uri: await placeOfCode(controlPlane, code), hash: code.hash }
      : uploadCode(controlPlane, code);
  }
}

/** Code, and the version of the tasks in it. */
interface VersionedCode extends Code {
  readonly version: string;
}

function noteOfFiles(files: readonly string[], folder: string): string {
  const names = files.map((file) => relative(folder, file)).join(", ");
  return `${names} may read files beside the code by names that are not in it: those are not uploaded.`;
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The launch of an app whose program is in its image. */
async function ownProgram(environment: AppEnvironment, options: ImageOptions): Promise<AppLaunch> {
  const { command, args } = environment;
  return { kind: "image", image: await imageOf(environment, options), command, args };
}

/** The launch of an app whose code, with AppEnv, is in its image. */
async function replicaInImage(environment: AppEnvironment, options: ImageOptions): Promise<AppLaunch> {
  const module = relative(workdirOf(environment), requireSource(environment)).split(sep).join("/");
  const args = [replicaCommand, "--module", module, "--environment", environment.name];
  return { kind: "image", image: await imageOf(environment, options), command: [], args };
}

function tasksInImage({ name }: TaskEnvironment): AppEnvError {
  return new AppEnvError("UNSUPPORTED", `The tasks of '${name}' run from uploaded code only.`, {
    fix: "Leave out `--copy-style none`.",
  });
}
