import type { AppLaunch } from "@appenv/protocol";
import { containerProgram } from "./container-program.ts";
import type { UploadedCode } from "./upload-code.ts";

/** The image of containers that state none: Node's own, of the newest line with long-term support. */
export const stockImage = "node:24-slim";

/** Templates that Flyte's executor fills in: the places of an attempt's inputs, outputs and checkpoints; the time of its run. */
const templates = [
  ["--inputs", "{{.input}}"],
  ["--outputs-path", "{{.outputPrefix}}"],
  ["--checkpoint-path", "{{.checkpointOutputPrefix}}"],
  ["--prev-checkpoint", "{{.prevCheckpointPrefix}}"],
  ["--run-start-time", "{{.runStartTime}}"],
].flat();

/** The launch of an app's container that runs uploaded code. */
export function appLaunch(image: string, code: UploadedCode, environment: string): Promise<AppLaunch> {
  return launch(image, code, ["app", "--environment", environment]);
}

/** The launch of the container of a task's attempts that runs uploaded code. */
export function taskLaunch(image: string, code: UploadedCode, environment: string, task: string): Promise<AppLaunch> {
  return launch(image, code, ["task", "--environment", environment, "--task", task, ...templates]);
}

async function launch(image: string, { uri, hash }: UploadedCode, words: readonly string[]): Promise<AppLaunch> {
  const command = ["node", "--input-type=module", "-e", await containerProgram()];
  return { kind: "image", image, command, args: [uri, hash, ...words] };
}

/** The code that a container was deployed with; undefined for a container that runs something else. */
export function codeOf(args: readonly string[]): UploadedCode | undefined {
  const [uri, hash, kind] = args;
  const isOurs = uri !== undefined && /^[0-9a-f]{64}$/.test(hash ?? "") && (kind === "app" || kind === "task");
  return isOurs ? { uri, hash: hash as string } : undefined;
}
