import type { RunId } from "@appenv/protocol";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { taskApi } from "./api.ts";
import { requireStreams } from "./read-stream.ts";

/** A stream of a run. */
export interface StreamSummary {
  readonly name: string;
  /** The number of its entries; the next one has this offset. */
  readonly entries: number;
  /** The size of its values as JSON. */
  readonly bytes: number;
  /** True if nothing follows, unless an action that wrote it runs again. */
  readonly closed: boolean;
}

/** See `Run.streams`. */
export async function listStreams(
  controlPlane: ControlPlane,
  { project, domain, run }: RunId,
): Promise<readonly StreamSummary[]> {
  requireStreams(controlPlane);
  const { streams } = await taskApi(controlPlane).streams.listStreams({ project, domain, run });
  return streams.map(({ name, entries, bytes, closed }) => ({ name, entries, bytes, closed }));
}
