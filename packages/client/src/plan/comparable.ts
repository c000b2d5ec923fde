import { createHash } from "node:crypto";
import type { AppDefinition, AppLaunch, TaskDefinition } from "@appenv/protocol";
import { codeOf } from "../cluster/container-words.ts";

/** A definition as plans compare it: its code by its hash, without what an upload or a forced deploy adds. */
export function comparable(definition: AppDefinition | TaskDefinition): Readonly<Record<string, unknown>> {
  const { launch, ...rest } = definition;
  const { forced: _, ...stated } = rest as typeof rest & { readonly forced?: string };
  return { ...stated, ...comparableLaunch(launch) };
}

function comparableLaunch(launch: AppLaunch): Readonly<Record<string, unknown>> {
  if (launch.kind === "bundle") {
    const { uri, workdir, commandFiles } = launch;
    return { code: uri.replace(/^.*\//, ""), workdir, commandFiles };
  }
  const { image, command, args } = launch;
  const code = codeOf(args);
  if (code === undefined) return { image, command, args };
  return { image, code: code.hash.slice(0, 12), program: shortHash([...command, ...args.slice(2)].join(" ")) };
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
