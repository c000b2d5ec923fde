import { dirname, relative, sep } from "node:path";
import { AppEnvError, type AppEnvironment, type Environment, type TaskEnvironment } from "@appenv/core";
import { replicaCommand, type AppLaunch } from "@appenv/protocol";
import { bundle, type Bundle } from "../bundle/bundle.ts";
import { keptBundle } from "../load/kept-bundles.ts";
import { projectRoot } from "../target/local-platform.ts";
import type { Target } from "../target/connect.ts";
import { upload } from "./upload.ts";

/** What runs, and the version of its code. */
export interface VersionedLaunch {
  readonly launch: AppLaunch;
  readonly version: string;
}

/** What runs, for each environment of a plan: one bundle and one upload for each file that declares environments. */
export class Launches {
  readonly #bundles = new Map<string, Promise<Bundle>>();
  readonly #uploads = new Map<string, Promise<string>>();

  /** Begins what `of` will need. */
  prepare(environment: Environment): void {
    const file = sourceOf(environment);
    if (file === undefined) return;
    this.#bundle(environment, file).catch(() => {});
  }

  /** @throws AppEnvError LOAD_FAILED, NO_ENVIRONMENT, UNSUPPORTED, CONTROL_PLANE. */
  async of(environment: AppEnvironment, target: Target): Promise<AppLaunch> {
    if (!target.embedded) return imageLaunch(environment);
    return (await this.#launch(environment, environment, target)).launch;
  }

  /**
   * What the tasks of an environment run, and as which version: the code of the plan's root, which is made of theirs too.
   * So all tasks that call one another have one version.
   *
   * @throws AppEnvError as `of`.
   */
  async ofTasks(environment: TaskEnvironment, root: Environment, target: Target): Promise<VersionedLaunch> {
    if (target.embedded) return this.#launch(environment, root, target);
    throw new AppEnvError(
      "UNSUPPORTED",
      `The tasks of '${environment.name}' cannot be deployed to ${target.endpoint}: only AppEnv's own platform runs them yet.`,
      { fix: "Run them on the platform on this machine: pass `local: true`, or `--local` on the command line." },
    );
  }

  async #launch(environment: Environment, root: Environment, target: Target): Promise<VersionedLaunch> {
    const made = await this.#bundle(root, requireSource(root));
    const uri = await this.#upload(made, target);
    const workdir = workdirOf(root);
    const launch = { kind: "bundle", uri, environment: environment.name, workdir, preload: made.preload } as const;
    return { launch, version: made.version.slice(0, 16) };
  }

  async #bundle(environment: Environment, file: string): Promise<Bundle> {
    const kept = keptBundle(environment);
    if (kept !== undefined) return kept;
    return remember(this.#bundles, file, () => bundle(file));
  }

  #upload(made: Bundle, target: Target): Promise<string> {
    return remember(this.#uploads, made.version, () => upload(target, made));
  }
}

function remember<T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}

/** A replica runs where the project's package.json is, from wherever it is served. */
function workdirOf(environment: Environment): string {
  const file = sourceOf(environment);
  if (file === undefined) return process.cwd();
  return projectRoot(dirname(file)) ?? dirname(file);
}

/** The file that exports it: the one it was loaded from, else the one that constructed it. */
function sourceOf(environment: Environment): string | undefined {
  return keptBundle(environment)?.source ?? environment.declaredIn;
}

function requireSource(environment: Environment): string {
  const file = sourceOf(environment);
  if (file !== undefined) return file;
  throw new AppEnvError("LOAD_FAILED", `The file that declares '${environment.name}' cannot be told.`, {
    fix: "Declare the environment in a file of your project and export it from there.",
  });
}

function imageLaunch(environment: AppEnvironment): AppLaunch {
  const { image, command, args, name, podTemplate } = environment;
  if (image === "auto") {
    throw new AppEnvError("UNSUPPORTED", `'${name}' has no \`image\`, and this control plane builds none.`, {
      fix: "Build a container image with your code and `appenv`, and name it in the option `image`.",
    });
  }
  if (podTemplate !== undefined) {
    throw new AppEnvError("UNSUPPORTED", `'${name}' has a \`podTemplate\`, which Flyte does not take by name.`);
  }
  if (command.length > 0 || args.length > 0) return { kind: "image", image: image.reference, command, args };
  return { kind: "image", image: image.reference, command: [], args: replicaWords(environment) };
}

function replicaWords(environment: AppEnvironment): string[] {
  const module = relative(workdirOf(environment), requireSource(environment)).split(sep).join("/");
  return [replicaCommand, "--module", module, "--environment", environment.name];
}
