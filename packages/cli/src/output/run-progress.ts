import type { Run } from "@appenv/client/tasks";
import { AppEnvError, type ActionProgress } from "@appenv/core";

type Progress = NonNullable<ActionProgress["progress"]>;

/** The words of a run's first action about itself, as `--json` shows them. */
export interface ProgressJson {
  readonly progress?: Progress;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const width = 20;

/** Progress on a line: a bar, the part that is done, and its message. */
export function progressText({ done, total, message }: Progress): string {
  const part = total > 0 ? Math.min(Math.max(done / total, 0), 1) : 0;
  const full = Math.round(part * width);
  const bar = `${"█".repeat(full)}${"░".repeat(width - full)}`;
  return [`${bar} ${Math.floor(part * 100)} %`, message].filter((each) => each !== "").join(" ");
}

/** Empty for a run that has said nothing, and on a Flyte cluster. */
export async function progressJson(run: Run): Promise<ProgressJson> {
  const actions = await run.progress().catch((error: unknown) => {
    if (AppEnvError.is(error, "UNSUPPORTED")) return [];
    throw error;
  });
  const { progress, metadata = {} } = actions.find(({ action }) => action === "a0") ?? {};
  return {
    ...(progress === undefined ? {} : { progress }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}
