import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type CreateRunRequest, CreateRunRequestSchema, type RunMessage, RunSchema } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { taskApi } from "./api.ts";
import type { AskedIdentity } from "./cluster/asked-identity.ts";
import { createOnCluster } from "./cluster/create-run.ts";
import type { RerunStart } from "./rerun-from.ts";
import { runStream } from "./run-stream.ts";

/** Asks for a run. Resolves when the control plane has accepted it. */
export async function sendRun(
  controlPlane: ControlPlane,
  request: CreateRunRequest,
  asked: AskedIdentity,
  from: RerunStart | undefined,
): Promise<RunMessage | undefined> {
  if (!controlPlane.embedded) return createOnCluster(controlPlane, request, asked);
  const key = asked.idempotencyKey ?? "";
  const bytes = toBinary(CreateRunRequestSchema, request);
  if (from !== undefined) {
    const inputs = from.inputs === undefined ? {} : { [from.action]: from.inputs };
    const { run } = await taskApi(controlPlane).reruns.rerunFrom({ request: bytes, inputs, idempotencyKey: key });
    return fromBinary(RunSchema, run);
  }
  const stream = await runStream(controlPlane);
  if (stream !== undefined) return fromBinary(RunSchema, (await stream.start(bytes, key)).run);
  const headers = key === "" ? {} : { "Idempotency-Key": key };
  return (await taskApi(controlPlane).runs.createRun(request, { headers })).run;
}
