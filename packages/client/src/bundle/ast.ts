/** A node of a syntax tree in ESTree's form. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** Tells whether a value in a syntax tree is a node. */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

/** Calls `enter` with each node, the outer one first; children are skipped if it returns false. */
export function visit(value: unknown, enter: (node: Node) => boolean): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, enter);
  } else if (isNode(value) && enter(value)) {
    for (const child of Object.values(value)) visit(child, enter);
  }
}

/** Tells whether a node is a function, in whatever form it is written. */
export function isFunction({ type }: Node): boolean {
  return type === "FunctionDeclaration" || type === "FunctionExpression" || type === "ArrowFunctionExpression";
}
