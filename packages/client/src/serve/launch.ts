import { relative, sep } from "node:path";
import { createHash, randomUUID } from "node:crypto";
import { AppEnvError, type AppEnvironment, type Environment, type TaskEnvironment } from "@appenv/core";
import { type AppLaunch, errorCodeHeader } from "@appenv/protocol";
import { replicaCommand } from "@appenv/protocol/internal";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { bundle, type Bundle } from "../bundle/bundle.ts";
import { sealBundle, type SealedBundle } from "../bundle/contents.ts";
import { hashFiles } from "../bundle/project-files.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { requestAt } from "../control-plane/request-at.ts";
import { resolveImage } from "../image/resolve-image.ts";
import { isCommand, keptBundle, sourceOf, workdirOf } from "../load/source.ts";

/** A launch, and the version of its code. */
export interface VersionedLaunch {
  readonly launch: AppLaunch;
  readonly version: string;
}

/** The launches of a plan's environments: one bundle and one upload for each file that declares environments. */
export class Launches {
  readonly #bundles = new Map<string, Promise<Bundle>>();
  readonly #sealed = new Map<Bundle, Promise<SealedBundle>>();
  readonly #uploads = new Map<string, Promise<string>>();
  readonly #files = new Map<string, Promise<string>>();
  readonly #forced = new Map<string, string>();
  readonly #force: boolean;

  /** @param force - Whether tasks get a new version even if nothing has changed. */
  constructor(force = false) {
    this.#force = force;
  }

  /** Starts bundling, so that `of` has it sooner. */
  prepare(environment: Environment): void {
    const file = sourceOf(environment);
    if (file === undefined) return;
    this.#seal(environment, file).catch(() => {});
    if (isCommand(environment)) this.#filesOf(workdirOf(environment)).catch(() => {});
  }

  /** @throws AppEnvError LOAD_FAILED, NO_ENVIRONMENT, UNSUPPORTED, CONTROL_PLANE. */
  async of(environment: AppEnvironment, controlPlane: ControlPlane): Promise<AppLaunch> {
    const { image } = environment;
    if (!controlPlane.embedded) return imageLaunch(environment, image === "auto" ? image : await resolveImage(image));
    return (await this.#launch(environment, environment, controlPlane)).launch;
  }

  /**
   * The launch of an environment's tasks, and their version: those of the plan's root, whose code includes theirs, so that
   * all tasks that call one another have one version.
   *
   * @throws AppEnvError as `of`.
   */
  async ofTasks(environment: TaskEnvironment, root: Environment, controlPlane: ControlPlane): Promise<VersionedLaunch> {
    if (controlPlane.embedded) return this.#launch(environment, root, controlPlane);
    throw new AppEnvError(
      "UNSUPPORTED",
      `The tasks of '${environment.name}' cannot be deployed to ${controlPlane.endpoint}: only AppEnv's own platform runs them yet.`,
      { fix: "Run them on the platform on this machine: pass `local: true`, or `--local` on the command line." },
    );
  }

  async #launch(environment: Environment, root: Environment, controlPlane: ControlPlane): Promise<VersionedLaunch> {
    const made = await this.#seal(root, requireSource(root));
    const uri = await this.#upload(made, controlPlane);
    const workdir = workdirOf(root);
    const launch = { kind: "bundle", uri, environment: environment.name, workdir, preload: made.preload } as const;
    const files = isCommand(environment) ? { commandFiles: await this.#filesOf(workdir) } : {};
    return { launch: { ...launch, ...files }, version: this.#versionOf(made) };
  }

  #versionOf({ version }: SealedBundle): string {
    return (this.#force ? remember(this.#forced, version, forcedVersion) : version).slice(0, 16);
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
    return remember(this.#uploads, made.version, () => upload(controlPlane, made));
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

function requireSource(environment: Environment): string {
  const file = sourceOf(environment);
  if (file !== undefined) return file;
  throw new AppEnvError("LOAD_FAILED", `The file that declares '${environment.name}' cannot be told.`, {
    fix: "Declare the environment in a file of your project and export it from there.",
  });
}

function imageLaunch(environment: AppEnvironment, image: string): AppLaunch {
  const { command, args, name, podTemplate } = environment;
  if (image === "auto") {
    throw new AppEnvError("UNSUPPORTED", `'${name}' has no \`image\`, and this control plane builds none.`, {
      fix: "Build a container image with your code and `appenv`, and name it in the option `image`.",
    });
  }
  if (podTemplate !== undefined) {
    throw new AppEnvError("UNSUPPORTED", `'${name}' has a \`podTemplate\`, which Flyte does not take by name.`);
  }
  if (command.length > 0 || args.length > 0) return { kind: "image", image, command, args };
  return { kind: "image", image, command: [], args: replicaWords(environment) };
}

function replicaWords(environment: AppEnvironment): string[] {
  const module = relative(workdirOf(environment), requireSource(environment)).split(sep).join("/");
  return [replicaCommand, "--module", module, "--environment", environment.name];
}

/** A bundle may be large, and a line slow; the answer is short. */
const limits = { bytes: 64 * 1024, ms: 10 * 60_000 };

/** Brings a bundle to the control plane. Gives its URI there. @throws AppEnvError CONTROL_PLANE, UNREACHABLE. */
export async function upload(controlPlane: ControlPlane, made: SealedBundle): Promise<string> {
  const body = Buffer.from(made.code);
  const md5 = createHash("md5").update(body).digest();
  const location = await controlPlane.data.createUploadLocation({
    project: controlPlane.project,
    domain: controlPlane.domain,
    filename: `${made.version.slice(0, 16)}.mjs`,
    contentMd5: md5,
    contentLength: BigInt(body.length),
    expiresIn: durationFromMs(60_000),
    addContentMd5Metadata: true,
  });
  await put(controlPlane.endpoint, location.signedUrl, body, {
    ...location.headers,
    "Content-MD5": md5.toString("base64"),
  });
  return location.nativeUrl;
}

async function put(endpoint: string, url: string, body: Buffer, headers: Record<string, string>): Promise<void> {
  const init = { method: "PUT", body: new Uint8Array(body), headers };
  const response = await requestAt(endpoint, url, init, limits).catch((error: unknown) => {
    throw AppEnvError.from(error, "UNREACHABLE", `The bundle could not be uploaded to ${new URL(url).origin}`);
  });
  const answer = await response.text();
  if (response.ok) return;
  if (response.headers.get(errorCodeHeader) === "DISK_FULL") throw new AppEnvError("DISK_FULL", answer);
  throw new AppEnvError(
    "CONTROL_PLANE",
    `The bundle was refused with HTTP ${response.status}: ${answer.slice(0, 300)}`,
  );
}
