import { dirname } from "node:path";
import type { Plugin } from "rolldown";
import { language } from "./import-meta.ts";

const names = /\b__(dirname|filename)\b/;

/**
 * Lets `__dirname` and `__filename` of each module go on naming its source: in a bundle they would be the bundle's. Also in
 * ES modules of TypeScript, which most compile to CommonJS.
 */
export function keepCommonJsPaths(): Plugin {
  return {
    name: "appenv:keep-commonjs-paths",
    transform: {
      filter: { code: names, id: /\.[cm]?[jt]sx?$/ },
      async handler(code, id) {
        const { parseAstAsync } = await import("rolldown/parseAst");
        const program = await parseAstAsync(code, { lang: language(id) }, id);
        const named = id.startsWith("\0") ? undefined : pathsFor(program, code, id);
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
): string | undefined {
  const [first] = program.body;
  if (first === undefined || !names.test(code) || declares(program)) return undefined;
  const paths = `var __dirname = ${JSON.stringify(dirname(file))}, __filename = ${JSON.stringify(file)}; `;
  return code.slice(0, first.start) + paths + code.slice(first.start);
}

/** Whether a module makes them itself, as ES modules of old did: then they are right already. */
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
