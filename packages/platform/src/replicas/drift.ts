import type { AppDefinition } from "@appenv/protocol";
import type { LaunchContext } from "./launch.ts";

/** Packages and files that a revision loads now, where they are not those it was made of, in words; undefined: none. */
export async function driftOf(
  { launch }: AppDefinition,
  { bundleFile }: Pick<LaunchContext, "bundleFile">,
): Promise<string | undefined> {
  if (launch.kind !== "bundle") return undefined;
  const { changesSince, fileChanges } = await import("@appenv/client/identity");
  const { uri, workdir, commandFiles } = launch;
  const code = await changesSince(bundleFile(uri));
  const files = commandFiles === undefined ? undefined : await fileChanges(workdir, commandFiles);
  const said = [code, files].filter((text) => text !== undefined);
  return said.length === 0 ? undefined : said.join("; ");
}

/** The message about a drift, for people. */
export function describeDrift(drift: string): string {
  return `It runs other code than its revision was made of: ${drift}. Serve it again to make a revision of that.`;
}
