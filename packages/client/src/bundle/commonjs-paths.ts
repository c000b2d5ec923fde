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
        const [first] = program.body;
        if (first === undefined || id.startsWith("\0") || declares(program)) return null;
        const paths = `var __dirname = ${JSON.stringify(dirname(id))}, __filename = ${JSON.stringify(id)}; `;
        // Only columns of the same line move, so the source map may stay as it is.
        return { code: code.slice(0, first.start) + paths + code.slice(first.start), map: null };
      },
    },
  };
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
