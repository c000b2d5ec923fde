import { dirname } from "node:path";
import type { Plugin } from "rolldown";
import { type Node, visit } from "./ast.ts";
import { sourcesHere, type SourceNames } from "./source-names.ts";

/**
 * Keeps `import.meta` of each module naming its source: a bundle has only one `import.meta`, its own.
 *
 * @param entry - The source that the bundler's helper code names, which looks up packages from there.
 */
export function keepImportMeta(entry: string, names: SourceNames = sourcesHere): Plugin {
  return {
    name: "appenv:keep-import-meta",
    transform: {
      filter: { code: /import\.meta/, id: /\.[cm]?[jt]sx?$/ },
      async handler(code, id) {
        const { parseAstAsync } = await import("rolldown/parseAst");
        const program = await parseAstAsync(code, { lang: language(id) }, id);
        const edits = findEdits(program, id.startsWith("\0") ? entry : id, names);
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

function findEdits(program: unknown, file: string, names: SourceNames): Edit[] {
  const edits: Edit[] = [];
  visit(program, (node) => {
    const text = replacement(node, file, names);
    if (text !== undefined) edits.push({ start: node.start, end: node.end, text });
    return text === undefined;
  });
  return edits;
}

function replacement(node: Node, file: string, names: SourceNames): string | undefined {
  if (node.type !== "MemberExpression" || node["computed"] === true) return undefined;
  const [object, property] = [node["object"], node["property"]] as [Node, Node];
  if (object.type !== "MetaProperty") return undefined;
  switch (property["name"]) {
    case "url":
      return names.url(file);
    case "filename":
      return names.path(file);
    case "dirname":
      return names.path(dirname(file));
    case "main":
      return "false";
    case "resolve":
      return resolver(names.url(file));
    default:
      return undefined;
  }
}

/** `import.meta.resolve` takes no parent, so packages are found by `require`'s rules here. */
function resolver(url: string): string {
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

const commonJsNames = /\b__(dirname|filename)\b/;

/**
 * Keeps `__dirname` and `__filename` of each module naming its source: in a bundle they would be the bundle's. Also in
 * ES modules of TypeScript, which most compile to CommonJS.
 */
export function keepCommonJsPaths(names: SourceNames = sourcesHere): Plugin {
  return {
    name: "appenv:keep-commonjs-paths",
    transform: {
      filter: { code: commonJsNames, id: /\.[cm]?[jt]sx?$/ },
      async handler(code, id) {
        const { parseAstAsync } = await import("rolldown/parseAst");
        const program = await parseAstAsync(code, { lang: language(id) }, id);
        const named = id.startsWith("\0") ? undefined : pathsFor(program, code, id, names);
        // Only columns of the same line move, so the source map may stay as it is.
        return named === undefined ? null : { code: named, map: null };
      },
    },
  };
}

/** The code of a file with its paths; undefined if it needs none. */
export function pathsFor(
  program: { readonly body: readonly { start: number }[] },
  code: string,
  file: string,
  names: SourceNames = sourcesHere,
): string | undefined {
  const [first] = program.body;
  if (first === undefined || !commonJsNames.test(code) || declares(program)) return undefined;
  const paths = `var __dirname = ${names.path(dirname(file))}, __filename = ${names.path(file)}; `;
  return code.slice(0, first.start) + paths + code.slice(first.start);
}

/** Tells whether a module makes them itself, as ES modules of old did: then they are right already. */
function declares(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => declares(item));
  if (typeof value !== "object" || value === null) return false;
  const node = value as { readonly type?: unknown; readonly id?: unknown; readonly local?: unknown };
  const bound = node.type === "VariableDeclarator" ? node.id : node.local;
  if (isName(bound)) return true;
  return Object.values(node).some((child) => declares(child));
}

function isName(value: unknown): boolean {
  const { type, name } = (value ?? {}) as { readonly type?: unknown; readonly name?: unknown };
  return type === "Identifier" && typeof name === "string" && /^__(dirname|filename)$/.test(name);
}
