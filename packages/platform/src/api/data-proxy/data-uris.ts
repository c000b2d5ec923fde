import type { ActionId } from "@appenv/protocol";

const scheme = "appenv://runs/";

/** The part of an action that a URI names. */
export type ActionPart = "inputs" | "outputs" | "report";

/** The URI of an action's data. Only this platform understands it; clients hand it back, for example to run again. */
export function actionUri({ project, domain, run, action }: ActionId, part: ActionPart): string {
  return scheme + [project, domain, run, action, part].map((text) => encodeURIComponent(text)).join("/");
}

/** The action whose inputs a URI names; undefined if it names none. */
export function inputsOwner(uri: string): ActionId | undefined {
  if (!uri.startsWith(scheme)) return undefined;
  try {
    const parts = uri.slice(scheme.length).split("/").map(decodeURIComponent);
    const [project, domain, run, action, part] = parts;
    const complete = project && domain && run && action && parts.length === 5 && part === "inputs";
    return complete ? { project, domain, run, action } : undefined;
  } catch {
    return undefined;
  }
}
