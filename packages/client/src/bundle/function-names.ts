import { isNode, type Node } from "./ast.ts";

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
