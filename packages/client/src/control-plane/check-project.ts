import { AppEnvError } from "@appenv/core";
import { createClient } from "@connectrpc/connect";
import type { ControlPlane } from "./control-plane.ts";

const shown = 20;

/**
 * Refuses a project that a cluster does not have, before anything is stored for it: its services notice late, or never. On
 * AppEnv's own platform a project is there as soon as something is deployed to it.
 *
 * @param project - Default: that of the control plane; empty for none.
 * @throws AppEnvError NOT_FOUND, with the projects that there are.
 */
export async function checkProject(controlPlane: ControlPlane, project: string = controlPlane.project): Promise<void> {
  if (controlPlane.embedded || project === "") return;
  // These messages are many, and only needed for a cluster.
  const { ProjectService } = await import("@appenv/protocol/tasks");
  const api = createClient(ProjectService, controlPlane.transport);
  try {
    await api.getProject({ id: project });
  } catch (error) {
    // Whoever may deploy to a project need not have the right to look at it.
    if (!AppEnvError.is(error, "NOT_FOUND")) return rethrowSilence(error);
    const known = await api.listProjects({ limit: shown }).catch(() => undefined);
    const ids = known?.projects?.projects.map(({ id }) => `'${id}'`) ?? [];
    const list = ids.length === 0 ? "" : `: ${ids.join(", ")}`;
    throw new AppEnvError("NOT_FOUND", `There is no project '${project}' on ${controlPlane.endpoint}.`, {
      cause: error,
      fix: `Name one that is there with \`--project\`${list}; or have it created.`,
    });
  }
}

function rethrowSilence(error: unknown): void {
  if (AppEnvError.is(error, "UNREACHABLE") || AppEnvError.is(error, "NOT_FLYTE")) throw error;
}
