/** Something in a project and a domain. */
export interface Name {
  readonly project: string;
  readonly domain: string;
  readonly name: string;
}

/** Kinds of things that have pages. */
export type Kind = "apps" | "runs" | "tasks" | "triggers" | "queues";

/** The path of a thing's page; the same as in Flyte's console. */
export function pathOf(kind: Kind, name: Name | undefined): string {
  const { domain = "", project = "", name: own = "" } = name ?? {};
  const [d, p, n] = [domain, project, own].map((part) => encodeURIComponent(part));
  return `/v2/domain/${d}/project/${p}/${kind}/${n}`;
}

/** The path of an action, shown in its run. */
export function actionPath(run: Name | undefined, action: string): string {
  return `${pathOf("runs", run)}/actions/${encodeURIComponent(action)}`;
}

/** The key of a run among others. */
export function runKey(run: Name | undefined): string {
  return pathOf("runs", run);
}

/** The places where tasks are looked for first, as in messages. */
export function plainName(name: Name | undefined): Name {
  return { project: name?.project ?? "", domain: name?.domain ?? "", name: name?.name ?? "" };
}
