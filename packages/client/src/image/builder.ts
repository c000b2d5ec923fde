import { AppEnvError } from "@appenv/core";
import { findProgram, runProgram } from "./program.ts";

/** The programs that build images, in the order in which they are tried. */
const kinds = ["buildx", "docker", "podman", "buildah"] as const;

/** A program that builds images; `buildx` is the plugin of `docker`. */
export type BuilderKind = (typeof kinds)[number];

/** A builder that was found and answers. */
export interface Builder {
  readonly kind: BuilderKind;
  /** The path of its program. */
  readonly program: string;
}

/** The arguments that show whether a builder works: `docker version` asks its engine too. */
const questions: Readonly<Record<BuilderKind, readonly (readonly string[])[]>> = {
  buildx: [["buildx", "version"], ["version"]],
  docker: [["version"]],
  podman: [["info"]],
  buildah: [["version"]],
};

/**
 * Finds a program that builds images on this machine.
 *
 * @param wanted - `image.builder` of the configuration: one of them, or `local`, which is Flyte's word for any.
 * @throws AppEnvError NO_IMAGE_BUILDER with the reason for each of them, INVALID_CONFIG, UNSUPPORTED.
 */
export async function findBuilder(wanted: string = "local", signal?: AbortSignal): Promise<Builder> {
  const reasons: string[] = [];
  for (const kind of candidates(wanted)) {
    const program = await findProgram(programOf(kind));
    const reason = program === undefined ? "is not installed" : await failureOf(program, kind, signal);
    if (program !== undefined && reason === undefined) return { kind, program };
    reasons.push(`${labelOf(kind)} ${reason}`);
  }
  throw new AppEnvError("NO_IMAGE_BUILDER", `An image has to be built, and nothing here can: ${reasons.join("; ")}.`);
}

function candidates(wanted: string): readonly BuilderKind[] {
  if (wanted === "local") return kinds;
  const found = kinds.find((kind) => kind === wanted);
  if (found !== undefined) return [found];
  if (wanted === "remote") {
    throw new AppEnvError("UNSUPPORTED", "image.builder is 'remote', and no image is built on the cluster.", {
      fix: "Set `image.builder` to `local`: the image is then built on this machine and pushed.",
    });
  }
  throw new AppEnvError("INVALID_CONFIG", `image.builder is '${wanted}', but must be local, ${kinds.join(", ")}.`);
}

async function failureOf(program: string, kind: BuilderKind, signal?: AbortSignal): Promise<string | undefined> {
  for (const question of questions[kind]) {
    const { code, output } = await runProgram(program, question, signal);
    if (code !== 0) return `does not work (${lastLine(output)})`;
  }
  return undefined;
}

function programOf(kind: BuilderKind): string {
  return kind === "buildx" ? "docker" : kind;
}

/** The name of a builder for people. */
export function labelOf(kind: BuilderKind): string {
  return kind === "buildx" ? "docker buildx" : kind;
}

function lastLine(output: string): string {
  return lastLines(output, 1).slice(0, 300);
}

/** The last lines of a program's output that say something. */
export function lastLines(output: string, count = 8): string {
  const lines = output.split("\n").map((line) => line.trimEnd());
  return lines
    .filter((line) => line !== "")
    .slice(-count)
    .join("\n");
}
