import { isNewEnough, oldestNode } from "../node-version.ts";
import type { Finding } from "./finding.ts";

/** Checks that this Node is new enough. */
export function checkNode(version: string = process.versions.node): Finding {
  const found = `Node ${version} on ${process.platform}-${process.arch}`;
  if (isNewEnough(version)) return { check: "node", status: "ok", found };
  return { check: "node", status: "fail", found, fix: `Install Node ${oldestNode} or newer.` };
}
