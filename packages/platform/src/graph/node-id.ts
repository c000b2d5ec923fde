/** The kinds of things in the graph. */
export type NodeKind = "app" | "environment" | "task" | "trigger" | "webhook";

/** A place of things. */
export interface Place {
  readonly project: string;
  readonly domain: string;
}

/** The id of a node. @param name - Of a trigger, `task/name`; of a webhook, `app/source`. */
export function nodeId(kind: NodeKind, { project, domain }: Place, name: string): string {
  return `${kind}:${project}/${domain}/${name}`;
}
