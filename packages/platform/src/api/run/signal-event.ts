import { toBinary } from "@bufbuild/protobuf";
import { LiteralSchema, toLiteral, type Literal, type SignalEventRequest } from "@appenv/protocol/tasks";
import { invalidRequest, readActionId } from "../requests/ids.ts";
import type { RunReader } from "./run-reader.ts";

/** Gives a condition the value that Flyte's Python client sends. @throws AppEnvError as `TaskEngine.signal`. */
export async function signalEvent(
  { engine }: RunReader,
  { actionId, payload }: SignalEventRequest,
): Promise<Record<string, never>> {
  await engine.signal(readActionId(actionId), toBinary(LiteralSchema, readPayload(payload)));
  return {};
}

function readPayload(payload: SignalEventRequest["payload"]): Literal {
  switch (payload?.value.case) {
    case "boolValue":
      return toLiteral({ kind: "boolean" }, payload.value.value);
    case "intValue":
      return toLiteral({ kind: "integer", bigint: true }, payload.value.value);
    case "floatValue":
      return toLiteral({ kind: "float" }, payload.value.value);
    case "stringValue":
      return toLiteral({ kind: "string" }, payload.value.value);
    default:
      throw invalidRequest("The request has no value.");
  }
}
