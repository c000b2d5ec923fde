import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Plugin } from "rolldown";
import { type Node, visit } from "./ast.ts";
import { language } from "./source-paths.ts";

/** Names in code that finds files by its own place. */
const signs = /\b__(dirname|filename)\b|\bimport\.meta\.(dirname|filename)\b|\bnew URL\([^)]*\bimport\.meta\.url\b/;

/** Files beside the code of a project, as its modules name them. */
export interface FilesBeside {
  /** The files, and those of named folders. */
  readonly found: Set<string>;
  /** Modules that may read other files: their names are made while they run. */
  readonly unclear: Set<string>;
}

/**
 * Finds the files that a project's modules name by their own place: `new URL("page.html", import.meta.url)` and
 * `join(import.meta.dirname, "public")`, also with `__dirname` and `resolve`.
 */
export function findFilesBeside({ found, unclear }: FilesBeside, isOwn: (id: string) => boolean): Plugin {
  return {
    name: "appenv:find-files-beside",
    transform: {
      filter: { id: /\.[cm]?[jt]sx?$/, code: signs },
      async handler(code, id) {
        if (!isOwn(id)) return null;
        const { parseAstAsync } = await import("rolldown/parseAst");
        const named = namedFiles(await parseAstAsync(code, { lang: language(id) }, id), id);
        for (const file of named.flatMap(filesAt)) found.add(file);
        if (named.length === 0) unclear.add(id);
        return null;
      },
    },
  };
}

/** Paths that exist, of files and folders. */
function namedFiles(program: unknown, module: string): readonly string[] {
  const paths: string[] = [];
  visit(program, (node) => {
    const path = node.type === "NewExpression" ? byUrl(node, module) : byFolder(node, module);
    if (path !== undefined && statSync(path, { throwIfNoEntry: false }) !== undefined) paths.push(path);
    return true;
  });
  return paths;
}

/** `new URL("page.html", import.meta.url)` */
function byUrl(node: Node, module: string): string | undefined {
  const [first, second] = node["arguments"] as readonly Node[];
  if ((node["callee"] as Node)["name"] !== "URL" || !isMeta(second, "url")) return undefined;
  const text = textOf(first);
  return text === undefined || /^[a-z]+:/i.test(text) ? undefined : fileURLToPath(new URL(text, pathToFileURL(module)));
}

/** `join(import.meta.dirname, "public")` */
function byFolder(node: Node, module: string): string | undefined {
  if (node.type !== "CallExpression" || !/^(join|resolve)$/.test(calleeName(node["callee"] as Node))) return undefined;
  const [first, ...rest] = node["arguments"] as readonly Node[];
  if (!isMeta(first, "dirname") && first?.["name"] !== "__dirname") return undefined;
  const parts = rest.map((each) => textOf(each));
  return parts.length === 0 || !parts.every((part) => part !== undefined) ? undefined : join(dirname(module), ...parts);
}

function isMeta(node: Node | undefined, property: string): boolean {
  if (node?.type !== "MemberExpression" || (node["object"] as Node).type !== "MetaProperty") return false;
  return (node["property"] as Node)["name"] === property;
}

function textOf(node: Node | undefined): string | undefined {
  return node?.type === "Literal" && typeof node["value"] === "string" ? node["value"] : undefined;
}

function calleeName(callee: Node): string {
  const name = callee.type === "MemberExpression" ? (callee["property"] as Node) : callee;
  return String(name["name"] ?? "");
}

/** A file, or all files of a folder, but for packages. Code is in the bundle already, yet may be read as text. */
function filesAt(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/[\\/]node_modules([\\/]|$)/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Contents of files in base64, by their places. */
export function contentsByPlace(
  files: Iterable<string>,
  placeOf: (file: string) => string,
): Readonly<Record<string, string>> {
  const sorted = [...files].toSorted();
  return Object.fromEntries(sorted.map((file) => [placeOf(file), readFileSync(file).toString("base64")]));
}
