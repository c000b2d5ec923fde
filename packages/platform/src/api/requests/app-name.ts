import { AppEnvError } from "@appenv/core";
import type { AppId } from "@appenv/protocol";

/** An app as a request of AppEnv's own services names it. @throws AppEnvError INVALID_OPTION. */
export function readAppName(app: AppId | undefined): AppId {
  const { project = "", domain = "", name = "" } = app ?? {};
  if (project !== "" && domain !== "" && name !== "") return { project, domain, name };
  throw new AppEnvError("INVALID_OPTION", "The request names no app: project, domain and name are needed.");
}
