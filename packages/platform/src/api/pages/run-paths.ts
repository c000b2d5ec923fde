import type { ActionId, RunId } from "@appenv/protocol";

/** A page about runs. */
export type RunPage =
  | { readonly page: "runs" }
  | { readonly page: "run"; readonly id: RunId }
  | { readonly page: "action"; readonly id: ActionId }
  | { readonly page: "report"; readonly id: ActionId }
  | { readonly page: "logs"; readonly id: ActionId; readonly attempt: number };

/** A form on such a page. */
export interface RunForm {
  readonly form: "abort" | "signal";
  readonly id: ActionId;
}

const runPattern =
  /^\/v2\/domain\/([^/]+)\/project\/([^/]+)\/runs\/([^/]+)(?:\/actions\/([^/]+))?(?:\/([a-z]+)(?:\/(\d{1,9}))?)?\/?$/;

/** The path of a run's page; the same as in Flyte's console. */
export function runPath({ project, domain, run }: RunId): string {
  const [d, p, r] = [domain, project, run].map((part) => encodeURIComponent(part));
  return `/v2/domain/${d}/project/${p}/runs/${r}`;
}

/** The path of an action's page. */
export function actionPath(id: ActionId): string {
  return `${runPath(id)}/actions/${encodeURIComponent(id.action)}`;
}

/** The page about runs that a path means, if it means one. */
export function readRunPage(path: string): RunPage | undefined {
  if (path === "/v2/runs" || path === "/v2/runs/") return { page: "runs" };
  const parts = readParts(path);
  if (parts === undefined) return undefined;
  const { run, action, last, number } = parts;
  if (action === undefined) return last === undefined ? { page: "run", id: run } : undefined;
  const id = { ...run, action };
  if (last === undefined) return { page: "action", id };
  if (last === "report" && number === undefined) return { page: "report", id };
  return last === "logs" && number !== undefined ? { page: "logs", id, attempt: Number(number) } : undefined;
}

/** The form that a path means, if it means one. A run's own form is that of its first action. */
export function readRunForm(path: string): RunForm | undefined {
  const { run, action = "a0", last, number } = readParts(path) ?? {};
  if (run === undefined || number !== undefined || (last !== "abort" && last !== "signal")) return undefined;
  return { form: last, id: { ...run, action } };
}

interface Parts {
  readonly run: RunId;
  readonly action: string | undefined;
  readonly last: string | undefined;
  readonly number: string | undefined;
}

function readParts(path: string): Parts | undefined {
  const found = runPattern.exec(path);
  if (found === null) return undefined;
  try {
    const [domain = "", project = "", run = "", action] = found
      .slice(1, 5)
      .map((part) => (part === undefined ? undefined : decodeURIComponent(part)));
    return { run: { project, domain, run }, action, last: found[5], number: found[6] };
  } catch {
    return undefined;
  }
}
