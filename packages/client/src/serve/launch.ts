import { createHash, randomUUID } from "node:crypto";
import type { AppEnvironment, Environment, TaskEnvironment } from "@appenv/core";
import type { AppLaunch } from "@appenv/protocol";
import { bundle, type Bundle } from "../bundle/bundle.ts";
import { sealBundle, type SealedBundle } from "../bundle/contents.ts";
import { hashFiles } from "../bundle/project-files.ts";
import type { ClusterLaunches } from "../cluster/cluster-launches.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { isCommand, keptBundle, requireSource, sourceOf, workdirOf } from "../load/source.ts";
import type { LaunchOptions, TaskLaunches } from "./task-launches.ts";
import { uploadBundle } from "./upload-bundle.ts";

/** The launches of a plan's environments: one bundle and one upload for each file that declares environments. */
export class Launches {
  readonly #bundles = new Map<string, Promise<Bundle>>();
  readonly #sealed = new Map<Bundle, Promise<SealedBundle>>();
  readonly #uploads = new Map<string, Promise<string>>();
  readonly #files = new Map<string, Promise<string>>();
  readonly #forced = new Map<string, string>();
  readonly #options: LaunchOptions;
  #cluster: Promise<ClusterLaunches> | undefined;

  constructor(options: LaunchOptions = {}) {
    this.#options = options;
  }

  /** Starts bundling, so that `of` has it sooner. */
  prepare(environment: Environment): void {
    const file = sourceOf(environment);
    if (file === undefined) return;
    this.#seal(environment, file).catch(() => {});
    if (isCommand(environment)) this.#filesOf(workdirOf(environment)).catch(() => {});
  }

  /**
   * @param name - The app's name on the control plane.
   * @throws AppEnvError LOAD_FAILED, NO_ENVIRONMENT, NATIVE_ADDON, UNSUPPORTED, CONTROL_PLANE.
   */
  async of(environment: AppEnvironment, name: string, controlPlane: ControlPlane): Promise<AppLaunch> {
    if (!controlPlane.embedded) return (await this.#onCluster()).of(environment, name, controlPlane);
    return (await this.#launch(environment, environment, controlPlane)).launch;
  }

  /**
   * The launches of an environment's tasks, and their version: those of the plan's root, whose code includes theirs, so that
   * all tasks that call one another have one version.
   *
   * @throws AppEnvError as `of`.
   */
  async ofTasks(environment: TaskEnvironment, root: Environment, controlPlane: ControlPlane): Promise<TaskLaunches> {
    if (!controlPlane.embedded) return (await this.#onCluster()).ofTasks(environment, root, controlPlane);
    const { launch, version } = await this.#launch(environment, root, controlPlane);
    return { version, of: async () => launch };
  }

  /** Loaded for a cluster only. */
  #onCluster(): Promise<ClusterLaunches> {
    return (this.#cluster ??= import("../cluster/cluster-launches.ts").then(
      (module) => new module.ClusterLaunches(this.#options),
    ));
  }

  async #launch(
    environment: Environment,
    root: Environment,
    controlPlane: ControlPlane,
  ): Promise<{ readonly launch: AppLaunch; readonly version: string }> {
    const made = await this.#seal(root, requireSource(root));
    const uri = await this.#upload(made, controlPlane);
    const workdir = workdirOf(root);
    const launch = { kind: "bundle", uri, environment: environment.name, workdir, preload: made.preload } as const;
    const files = isCommand(environment) ? { commandFiles: await this.#filesOf(workdir) } : {};
    return { launch: { ...launch, ...files }, version: this.#versionOf(made) };
  }

  #versionOf({ version }: SealedBundle): string {
    return (this.#options.force === true ? remember(this.#forced, version, forcedVersion) : version).slice(0, 16);
  }

  #filesOf(folder: string): Promise<string> {
    return remember(this.#files, folder, () => hashFiles(folder));
  }

  async #seal(environment: Environment, file: string): Promise<SealedBundle> {
    const made = await this.#bundle(environment, file);
    return remember(this.#sealed, made, () => sealBundle(made, workdirOf(environment)));
  }

  async #bundle(environment: Environment, file: string): Promise<Bundle> {
    const kept = keptBundle(environment);
    if (kept !== undefined) return kept;
    return remember(this.#bundles, file, () => bundle(file));
  }

  #upload(made: SealedBundle, controlPlane: ControlPlane): Promise<string> {
    return remember(this.#uploads, made.version, () => uploadBundle(controlPlane, made, this.#options.isDry));
  }
}

function forcedVersion(): string {
  return createHash("sha256").update(randomUUID()).digest("hex");
}

function remember<K, T>(map: Map<K, T>, key: K, make: () => T): T {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}
