import type { Plugin } from "rolldown";
import { findFunctions, type Marked, type Part } from "./marked-functions.ts";

/**
 * Gives each call of an asynchronous function, and each callback of a promise, a place of its own in the flow of a run:
 * a task's calls are told apart by their places, not by their speed. Only bundles with tasks are marked.
 *
 * `@appenv/core` sets the functions behind the symbols when a run begins. Without them, and in code that is taken out
 * of the bundle as text, a function works as before.
 *
 * @param isOwn - True for a module of the project: packages are not marked. Default: the bundle holds no others.
 */
export function markFlow(isOwn?: (id: string) => boolean): Plugin {
  return {
    name: "appenv:mark-flow",
    async renderChunk(code, { modules }) {
      const texts = isOwn === undefined ? [{ text: code, offset: 0 }] : ownTexts(code, modules, isOwn);
      if (!texts.some(({ text }) => text.includes("TaskEnvironment"))) return null;
      const { RolldownMagicString } = await import("rolldown");
      const parts = await Promise.all(texts.map(parse));
      const marked = new RolldownMagicString(code);
      // Marks that begin at one place are inserted from the outside in, and marks that end there from the inside out.
      for (const each of findFunctions(parts)) {
        const { before, after } = textsOf(each);
        marked.appendLeft(each.start, before);
        marked.prependRight(each.end, after);
      }
      return { code: marked.toString(), map: marked.generateMap({ hires: "boundary" }) };
    },
  };
}

/** A part of a bundle's code. */
interface Text {
  readonly text: string;
  readonly offset: number;
}

/** The code of the modules that are marked, as it stands in the bundle. */
function ownTexts(
  code: string,
  modules: Readonly<Record<string, { readonly code: string | null }>>,
  isOwn: (id: string) => boolean,
): readonly Text[] {
  const own = Object.keys(modules).filter((id) => isOwn(id));
  return own.flatMap((id) => {
    const text = modules[id]?.code ?? "";
    if (text === "") return [];
    const offset = code.indexOf(text);
    if (offset === -1) throw new Error(`${id} is not in the bundle as it was rendered.`);
    return [{ text, offset }];
  });
}

async function parse({ text, offset }: Text): Promise<Part> {
  const { parseAstAsync } = await import("rolldown/parseAst");
  return { program: await parseAstAsync(text, { lang: "js", preserveParens: true }), offset };
}

const branch = `(globalThis[Symbol.for("appenv.branch")]??((i,f,d,...v)=>f(d,...v)))`;
const later = `(globalThis[Symbol.for("appenv.later")]??((i,f)=>f))`;
/** The variable that holds a function's place, and tells functions that are written in it where they were made. */
const here = "__appenvPlace";

function textsOf({ form, site, name, isInside, kept }: Marked): { readonly before: string; readonly after: string } {
  if (form === "callback") return { before: `${later}(${JSON.stringify(site)},`, after: ")" };
  const isAsync = form.startsWith("async");
  const isBlock = form.endsWith("block");
  const [open, close] = isBlock ? ["{", "}"] : ["(", ")"];
  // It is awaited so that stacks go on with its caller, and it has its name there.
  const [nameBefore, nameAfter] =
    name === undefined ? ["", ""] : [`({${JSON.stringify(name)}:`, `})[${JSON.stringify(name)}]`];
  const head = `${isBlock ? "return " : ""}${isAsync ? "await " : ""}${branch}(${JSON.stringify(isAsync ? site : "")},`;
  const parameters = [...(isAsync ? [here] : ["_"]), ...kept].join(",");
  const place = isInside ? `()=>${here}` : "undefined";
  return {
    before: `${head}${nameBefore}${isAsync ? "async" : ""}(${parameters})=>${open}`,
    after: `${close}${nameAfter}${[place, ...kept].map((each) => `,${each}`).join("")})`,
  };
}
