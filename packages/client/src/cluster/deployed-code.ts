import { AppEnvError } from "@appenv/core";
import { fromSpec, toIdentifier } from "@appenv/protocol";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { codeOf } from "./container-words.ts";
import type { UploadedCode } from "./upload-code.ts";

/** Finds code that need not be uploaded again, since what is deployed runs it. Undefined if it is another one, or none. */
export const deployedCode = {
  /** By the app of that name. */
  ofApp: (controlPlane: ControlPlane, name: string, hash: string): Promise<UploadedCode | undefined> =>
    orNone(async () => {
      const { project, domain } = controlPlane;
      const { app } = await controlPlane.apps.get({
        identifier: { case: "appId", value: toIdentifier({ project, domain, name }) },
      });
      return app?.spec === undefined ? [] : argsOf(fromSpec(app.spec).launch);
    }, hash),
  /** By that version of a task. */
  ofTask: (
    controlPlane: ControlPlane,
    name: string,
    version: string,
    hash: string,
  ): Promise<UploadedCode | undefined> =>
    orNone(async () => {
      const { taskApi } = await import("../run/api.ts");
      const { project, domain } = controlPlane;
      const { details } = await taskApi(controlPlane).tasks.getTaskDetails({
        taskId: { project, domain, name, version },
      });
      const target = details?.spec?.taskTemplate?.target;
      return target?.case === "container" ? target.value.args : [];
    }, hash),
};

function argsOf(launch: ReturnType<typeof fromSpec>["launch"]): readonly string[] {
  return launch.kind === "image" ? launch.args : [];
}

async function orNone(args: () => Promise<readonly string[]>, hash: string): Promise<UploadedCode | undefined> {
  try {
    const code = codeOf(await args());
    return code?.hash === hash ? code : undefined;
  } catch (error) {
    if (AppEnvError.is(error, "NOT_FOUND")) return undefined;
    throw error;
  }
}
