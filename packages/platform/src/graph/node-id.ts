/** The kinds of things in the graph. */
export type NodeKind = "app" | "task" | "trigger";

/** A place of things. */
export interface Place {
  readonly project: string;
  readonly domain: string;
}

/** The id of a node. @param name - Of a trigger, `task/name`. */
export function nodeId(kind: NodeKind, { project, domain }: Place, name: string): string {
  return `${kind}:${project}/${domain}/${name}`;
}
