import { isFunction, isNode, type Node, visit } from "./ast.ts";

/** A part of a program that gets a place in the flow of a run. */
export interface Marked {
  /** A `sync` function takes no place of its own: wherever it is called, its place is where it was made. */
  readonly form: "async block" | "async expression" | "sync block" | "sync expression" | "callback";
  /** The function body's own text, or the callback. */
  readonly start: number;
  readonly end: number;
  /** Names of the functions around it and its own, each unique among its sisters. */
  readonly site: string;
  /** The function's own name, for stacks. */
  readonly name: string | undefined;
  /** True if it is written in an asynchronous function. */
  readonly isInside: boolean;
  /** Parameters that a `var` of the body names again: it would hide their values. */
  readonly kept: readonly string[];
}

/** Functions that call their callback at once, from where they are called. */
const immediate: ReadonlySet<string> = new Set(
  (
    "map forEach filter reduce reduceRight some every find findIndex findLast findLastIndex flatMap sort toSorted from " +
    "replace replaceAll"
  ).split(" "),
);
const ofPromises: ReadonlySet<string> = new Set(["then", "catch", "finally"]);

/** A syntax tree, and where its text begins in the whole. */
export interface Part {
  readonly program: unknown;
  readonly offset: number;
}

/** Finds the functions to mark in the parts of a program, the outer ones first. */
export function findFunctions(parts: readonly Part[]): readonly Marked[] {
  const names = new Map<string, number>();
  return parts.flatMap(({ program, offset }) => {
    const finder = new Finder();
    finder.below(program, { site: "", isInside: false, names });
    return finder.found.map((each) => ({ ...each, start: each.start + offset, end: each.end + offset }));
  });
}

/** The surroundings of a node. */
interface Around {
  readonly site: string;
  readonly isInside: boolean;
  /** The number of times each name was given here. */
  readonly names: Map<string, number>;
}

class Finder {
  readonly found: Marked[] = [];

  below(value: unknown, around: Around, parent?: Node): void {
    if (Array.isArray(value)) for (const item of value) this.below(item, around, parent);
    else if (isNode(value)) this.#node(value, around, parent);
  }

  #node(node: Node, around: Around, parent: Node | undefined): void {
    if (isFunction(node)) return this.#function(node, around, parent);
    if (node.type === "CallExpression" && ofPromises.has(calleeOf(node))) return this.#callbacks(node, around);
    for (const child of Object.values(node)) this.below(child, around, node);
  }

  #callbacks(node: Node, around: Around): void {
    this.below(node["callee"], around, node);
    for (const argument of node["arguments"] as readonly Node[]) {
      if (argument.type !== "SpreadElement" && argument.type !== "Literal") {
        const { start, end } = argument;
        const site = siteIn(around, calleeOf(node));
        this.found.push({ form: "callback", start, end, site, name: undefined, isInside: around.isInside, kept: [] });
      }
      this.below(argument, around, node);
    }
  }

  #function(node: Node, around: Around, parent: Node | undefined): void {
    const { isInside } = around;
    const name = nameOf(node, parent);
    const site = siteIn(around, name ?? roleOf(parent));
    const body = node["body"] as Node;
    this.below(node["params"], around, node);
    const isMarked = node["generator"] !== true && (node["async"] === true || isDeferred(node, around, parent));
    if (isMarked) {
      const kind = node["async"] === true ? "async" : "sync";
      const isBlock = body.type === "BlockStatement";
      const start = isBlock ? body.start + 1 : body.start;
      const end = isBlock ? body.end - 1 : body.end;
      const kept = isBlock ? namedAgain(node) : [];
      this.found.push({ form: `${kind} ${isBlock ? "block" : "expression"}`, start, end, site, name, isInside, kept });
    }
    const inside = { site, isInside: isInside || (isMarked && node["async"] === true), names: new Map() };
    this.below(body, inside, node);
  }
}

function siteIn({ site, names }: Around, name: string): string {
  const before = names.get(name) ?? 0;
  names.set(name, before + 1);
  return `${site}/${name}${before === 0 ? "" : `~${before}`}`;
}

/** Tells whether a function may be kept and called from elsewhere, as queues do, and may then call something. */
function isDeferred(node: Node, { isInside }: Around, parent: Node | undefined): boolean {
  if (!isInside || node.type === "FunctionDeclaration" || parent?.type !== "CallExpression") return false;
  const callee = calleeOf(parent);
  return parent["callee"] !== node && !immediate.has(callee) && !ofPromises.has(callee) && calls(node["body"] as Node);
}

function calls(body: Node): boolean {
  let found = false;
  visit(body, (node) => {
    found ||= node.type === "CallExpression";
    return !found && !isFunction(node);
  });
  return found;
}

function calleeOf(call: Node): string {
  let callee = call["callee"] as Node;
  while (callee.type === "ParenthesizedExpression" || callee.type === "ChainExpression") {
    callee = callee["expression"] as Node;
  }
  const name =
    callee.type === "MemberExpression" && callee["computed"] !== true ? (callee["property"] as Node) : callee;
  return name.type === "Identifier" ? String(name["name"]) : "";
}

function namedAgain(node: Node): readonly string[] {
  const variables = new Set<string>();
  visit((node["body"] as Node)["body"], (each) => {
    if (each.type === "VariableDeclaration" && each["kind"] === "var") {
      for (const { id } of each["declarations"] as readonly { readonly id: Node }[]) addNames(id, variables);
    }
    return !isFunction(each);
  });
  if (variables.size === 0) return [];
  const parameters = new Set<string>();
  addNames(node["params"], parameters);
  return [...parameters].filter((name) => variables.has(name));
}

/** Adds the names that a pattern binds. */
function addNames(pattern: unknown, into: Set<string>): void {
  visit(pattern, (node) => {
    if (node.type === "Identifier") into.add(String(node["name"]));
    if (node.type === "AssignmentPattern") addNames(node["left"], into);
    else if (node.type === "Property") addNames(node["value"], into);
    else return true;
    return false;
  });
}

/** The name that the language gives a function; undefined if that is none, or not known before it runs. */
export function nameOf(node: Node, parent: Node | undefined): string | undefined {
  const id = own(node["id"]);
  if (id !== undefined || parent === undefined) return id;
  if (parent.type === "VariableDeclarator") return own(parent["id"]);
  if (parent.type === "AssignmentExpression") return own(parent["left"]);
  const isMember = ["Property", "PropertyDefinition", "MethodDefinition"].includes(parent.type);
  return isMember && parent["computed"] !== true ? own(parent["key"]) : undefined;
}

/** The name of a function that has none: that of the function that takes it, or of the value that it makes. */
export function roleOf(parent: Node | undefined): string {
  if (parent?.type !== "CallExpression") return "";
  return named((parent["arguments"] as readonly Node[])[0]) ?? own(parent["callee"]) ?? "";
}

/** As in `tasks.task({ name: "count" }, ...)` and `trace("count", ...)`. */
function named(argument: Node | undefined): string | undefined {
  if (argument?.type === "Literal") return text(argument);
  if (argument?.type !== "ObjectExpression") return undefined;
  const options = argument["properties"] as readonly Node[];
  const name = options.find((option) => option.type === "Property" && own(option["key"]) === "name");
  return text(name?.["value"]);
}

function own(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "MemberExpression") return own(node["property"]);
  return node.type === "Identifier" || node.type === "PrivateIdentifier" ? String(node["name"]) : text(node);
}

function text(node: unknown): string | undefined {
  return isNode(node) && typeof node["value"] === "string" ? node["value"] : undefined;
}
