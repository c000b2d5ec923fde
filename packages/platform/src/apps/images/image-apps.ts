import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { AppEnvError } from "@appenv/core";
import type { AppDefinition, AppId, AppLaunch } from "@appenv/protocol";
import { bundleOf } from "@appenv/protocol/internal";
import type { Bundles } from "../../api/uploads/bundles.ts";
import type { ImageApps, LocalLaunch } from "../../replicas/launch.ts";
import { statedInterpreter, usesStatedInterpreter } from "../../tasks/containers/python/interpreter.ts";
import { packagesOf } from "../../tasks/containers/python/packages.ts";
import type { PythonEnvironments } from "../../tasks/containers/python/python-environments.ts";
import type { ImageStore } from "../../tasks/images/image-store.ts";
import { commandModule } from "./command-module.ts";
import { shellCommand } from "./shell-command.ts";

/** Needs of apps with images. */
export interface ImageAppsOptions {
  /** The state directory. */
  readonly home: string;
  readonly bundles: Pick<Bundles, "file" | "holds">;
  readonly environments: PythonEnvironments;
  readonly images: ImageStore;
}

type ImageLaunch = Extract<AppLaunch, { kind: "image" }>;

/** The programs that run with the packages of their image. */
const ofPython = /^(fserve|python[\d.]*)$/;

/** Apps whose container's program runs on this machine, as the process of a `command` app. */
export function createImageApps(options: ImageAppsOptions): ImageApps {
  const { environments, images } = options;
  return {
    prepare: async (launch, say) => {
      if (!isOfPython(launch) || usesStatedInterpreter()) return;
      await environments.interpreter(packagesOf({ launch }, images), { say });
    },
    launch: (id, definition) => launchApp(id, definition, options),
  };
}

function launchApp(id: AppId, definition: AppDefinition, options: ImageAppsOptions): LocalLaunch {
  const launch = imageOf(definition.launch);
  const interpreter = isOfPython(launch) ? interpreterOf(launch, options) : undefined;
  const words = wordsOf(launch, interpreter, options.bundles);
  const module = commandModule(id.name, shellCommand(words, definition.port));
  const name = createHash("sha256")
    .update(JSON.stringify([id, module]))
    .digest("hex")
    .slice(0, 16);
  const workdir = join(options.home, "python", "apps", name);
  mkdirSync(workdir, { recursive: true, mode: 0o700 });
  const file = join(workdir, "app.mjs");
  writeFileSync(file, module);
  return { file, environment: id.name, workdir, preload: [], env: envOf(interpreter) };
}

function imageOf(launch: AppLaunch): ImageLaunch {
  if (launch.kind === "image" && launch.command.length + launch.args.length > 0) return launch;
  const image = launch.kind === "image" ? launch.image : "";
  throw new AppEnvError(
    "UNSUPPORTED",
    `The platform on this machine has no images, and the app states no program but that of the image '${image}'.`,
    { fix: "State its command, or serve it on a cluster." },
  );
}

function isOfPython({ command, args }: ImageLaunch): boolean {
  return ofPython.test(basename([...command, ...args][0] ?? ""));
}

function interpreterOf(launch: ImageLaunch, { environments, images }: ImageAppsOptions): string {
  if (usesStatedInterpreter()) return statedInterpreter();
  const made = environments.find(packagesOf({ launch }, images));
  if (made !== undefined) return made;
  throw new AppEnvError("START_FAILED", "The environment of Python for this app is not there any more.", {
    fix: "Serve the app again, which makes it.",
  });
}

function wordsOf(
  launch: ImageLaunch,
  interpreter: string | undefined,
  bundles: ImageAppsOptions["bundles"],
): readonly string[] {
  const bundle = bundleOf(launch);
  const [first = "", ...rest] = [...launch.command, ...launch.args];
  const program = interpreter === undefined ? first : programOf(basename(first), interpreter);
  return [program, ...rest].map((word) => (word === bundle && bundles.holds(word) ? bundles.file(word) : word));
}

function programOf(name: string, interpreter: string): string {
  return name === "fserve" ? join(dirname(interpreter), name) : interpreter;
}

function envOf(interpreter: string | undefined): Readonly<Record<string, string>> {
  const contract = { _U_ORG_NAME: "local", FSSPEC_FILE: JSON.stringify({ auto_mkdir: true }) };
  if (interpreter === undefined) return contract;
  const bin = dirname(interpreter);
  const path = [bin, process.env["PATH"] ?? ""].filter((part) => part !== "").join(delimiter);
  return { ...contract, PATH: path, VIRTUAL_ENV: dirname(bin), PYTHONUNBUFFERED: "1" };
}
