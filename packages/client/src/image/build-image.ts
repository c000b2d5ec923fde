import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppEnvError, type ImageDefinition } from "@appenv/core";
import { labelOf, lastLines, type Builder } from "./builder.ts";
import { dockerfileOf } from "./dockerfile.ts";
import { runProgram } from "./program.ts";
import { isOnThisMachine } from "./registry.ts";

/** Options of a build. */
export interface BuildOptions {
  /** Called with what is being done, for people. */
  readonly onProgress?: (message: string) => void;
  /** Ends the build. */
  readonly signal?: AbortSignal;
}

/**
 * Builds an image from its definition and pushes it.
 *
 * @throws AppEnvError IMAGE_FAILED with the last lines of the program that failed.
 */
export async function buildImage(
  { program, kind }: Builder,
  definition: ImageDefinition,
  reference: string,
  options: BuildOptions = {},
): Promise<void> {
  const say = options.onProgress ?? (() => {});
  const folder = await mkdtemp(join(tmpdir(), "appenv-image-"));
  try {
    await writeFile(join(folder, "Dockerfile"), dockerfileOf(definition));
    for (const { args, does } of stepsOf(kind, reference, definition.platforms, folder)) {
      say(`${does} ${reference} with ${labelOf(kind)}.`);
      const { code, output } = await runProgram(program, args, options.signal);
      if (code !== 0) throw failure(kind, args, reference, output);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One call of a builder. */
interface Step {
  readonly args: readonly string[];
  readonly does: "Building" | "Pushing" | "Building and pushing";
}

function stepsOf(kind: Builder["kind"], reference: string, platforms: readonly string[], folder: string): Step[] {
  const file = ["--file", join(folder, "Dockerfile"), folder];
  const build = ["build", "--platform", platforms.join(",")];
  const plain: readonly string[] = isOnThisMachine(reference) ? ["--tls-verify=false"] : [];
  if (kind === "buildx") {
    return [{ does: "Building and pushing", args: ["buildx", ...build, "--tag", reference, "--push", ...file] }];
  }
  if (kind === "docker") {
    if (platforms.length > 1) throw needsBuildx(platforms);
    return [
      { does: "Building", args: [...build, "--tag", reference, ...file] },
      { does: "Pushing", args: ["push", reference] },
    ];
  }
  if (platforms.length === 1) {
    return [
      { does: "Building", args: [...build, "--tag", reference, ...file] },
      { does: "Pushing", args: ["push", ...plain, reference] },
    ];
  }
  return [
    { does: "Building", args: [...build, "--manifest", reference, ...file] },
    { does: "Pushing", args: ["manifest", "push", "--all", ...plain, reference, `docker://${reference}`] },
  ];
}

function needsBuildx(platforms: readonly string[]): AppEnvError {
  return new AppEnvError("NO_IMAGE_BUILDER", `docker builds no image for ${platforms.join(" and ")} at once.`, {
    fix: "Install its plugin buildx, or podman, or leave one of the `platforms` out.",
  });
}

function failure(kind: Builder["kind"], args: readonly string[], reference: string, output: string): AppEnvError {
  const isPush = args.includes("push");
  const verb = isPush ? "pushed" : "built";
  return new AppEnvError(
    "IMAGE_FAILED",
    `The image ${reference} could not be ${verb} by ${labelOf(kind)}:\n${lastLines(output)}`,
    isPush
      ? {
          fix: `Log in to the registry: \`${kind} login ${reference.split("/")[0]}\`, and check that you may write there.`,
        }
      : {},
  );
}
