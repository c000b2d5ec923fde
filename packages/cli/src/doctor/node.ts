import type { Finding } from "./finding.ts";

const oldest = [22, 19] as const;

/** Checks that this Node is new enough. */
export function checkNode(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isEnough = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
  const found = `Node ${version} on ${process.platform}-${process.arch}`;
  if (isEnough) return { check: "node", status: "ok", found };
  return { check: "node", status: "fail", found, fix: `Install Node ${oldest.join(".")} or newer.` };
}
