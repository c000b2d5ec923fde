import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "rolldown";
import { visit, type Node } from "./ast.ts";

/**
 * Lets `import.meta` of each module go on naming its source: a bundle has only one `import.meta`, its own.
 *
 * @param entry - Named by the bundler's own helper code, which looks up packages from there.
 */
export function keepImportMeta(entry: string): Plugin {
  return {
    name: "appenv:keep-import-meta",
    transform: {
      filter: { code: /import\.meta/, id: /\.[cm]?[jt]sx?$/ },
      async handler(code, id) {
        const { parseAstAsync } = await import("rolldown/parseAst");
        const program = await parseAstAsync(code, { lang: language(id) }, id);
        const edits = findEdits(program, id.startsWith("\0") ? entry : id);
        // Only columns of the same line move, so the source map may stay as it is.
        return edits.length === 0 ? null : { code: applyEdits(code, edits), map: null };
      },
    },
  };
}

/** The language of a file, for the parser. */
export function language(file: string): "ts" | "tsx" | "js" | "jsx" {
  const [, type, x] = /([jt]s)(x?)$/.exec(file) ?? [];
  return `${type === "ts" ? "ts" : "js"}${x === "x" ? "x" : ""}`;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function findEdits(program: unknown, file: string): Edit[] {
  const edits: Edit[] = [];
  visit(program, (node) => {
    const text = replacement(node, file);
    if (text !== undefined) edits.push({ start: node.start, end: node.end, text });
    return text === undefined;
  });
  return edits;
}

function replacement(node: Node, file: string): string | undefined {
  if (node.type !== "MemberExpression" || node["computed"] === true) return undefined;
  const [object, property] = [node["object"], node["property"]] as [Node, Node];
  if (object.type !== "MetaProperty") return undefined;
  switch (property["name"]) {
    case "url":
      return JSON.stringify(pathToFileURL(file).href);
    case "filename":
      return JSON.stringify(file);
    case "dirname":
      return JSON.stringify(dirname(file));
    case "main":
      return "false";
    case "resolve":
      return resolver(file);
    default:
      return undefined;
  }
}

/** `import.meta.resolve` takes no parent, so packages are found by `require`'s rules here. */
function resolver(file: string): string {
  const url = JSON.stringify(pathToFileURL(file).href);
  return (
    `((specifier) => /^(\\.{0,2}\\/|[a-z]+:)/.test(specifier) ? new URL(specifier, ${url}).href : ` +
    `process.getBuiltinModule("node:url").pathToFileURL(` +
    `process.getBuiltinModule("node:module").createRequire(${url}).resolve(specifier)).href)`
  );
}

function applyEdits(code: string, edits: readonly Edit[]): string {
  let result = code;
  for (const { start, end, text } of edits.toSorted((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + text + result.slice(end);
  }
  return result;
}
