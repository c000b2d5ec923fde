import { join } from "node:path";

/** A page's TypeScript as one module, whose lines are those of the page, and after them what was moved to its end. */
export interface SnippetModule {
  readonly code: string;
  /** `tsx` if one of the blocks is. */
  readonly extension: "ts" | "tsx";
  /** Names of the packages that it imports. */
  readonly packages: ReadonlySet<string>;
  /** The line of the page that a line of `code` is from; both count from 1. */
  readonly lineOf: (line: number) => number;
}

interface Part {
  readonly text: string;
  readonly line: number;
}

/**
 * Makes a module of the `ts` and `tsx` blocks of a page; undefined if it has none. Each block sees the names of the blocks
 * before it, and may declare them anew. A comment `<!-- given ... -->`, which readers do not see, imports or declares what the
 * page takes for granted, at the level of the module. The relative imports of a block are left out: their names come from an
 * earlier block or from such a comment, in which a path is relative to the page.
 *
 * @param directory - The folder of the page.
 */
export function snippetModule(page: string, directory: string): SnippetModule | undefined {
  const lines = page.split("\n");
  const { body, given, blocks, extension } = read(lines);
  if (blocks === 0) return undefined;
  const { code, imports } = liftImports(body.join("\n"));
  const absolute = given.map(({ text, line }) => ({
    text: text.replace(/(?<=from ")\.[^"]*/, (path) => join(directory, path)),
    line,
  }));
  // Imports and given names count in all of the module, also from its end.
  const moved = [...imports, ...absolute];
  const end = ["}".repeat(blocks), ...moved.map(({ text }) => text), "export {};"];
  return {
    code: [code.replaceAll(/^export default /gm, "void ").replaceAll(/^export /gm, ""), ...end].join("\n"),
    extension,
    packages: new Set(moved.flatMap(({ text }) => packageOf(text))),
    lineOf: (line) => (line <= lines.length ? line : (moved[line - lines.length - 2]?.line ?? lines.length)),
  };
}

/** The lines of the blocks at their places, each block in braces but for the closing ones, and the given lines. */
function read(lines: readonly string[]): Omit<SnippetModule, "code" | "packages" | "lineOf"> & {
  readonly body: readonly string[];
  readonly given: readonly Part[];
  readonly blocks: number;
} {
  const given: Part[] = [];
  let [within, blocks, extension]: ["text" | "code" | "given", number, "ts" | "tsx"] = ["text", 0, "ts"];
  const body = lines.map((line, index) => {
    if (within === "text") {
      const [, language] = /^```(tsx?)$/.exec(line) ?? [];
      if (language === "tsx") extension = "tsx";
      within = language !== undefined ? "code" : line === "<!-- given" ? "given" : "text";
      if (within === "code") blocks += 1;
      return within === "code" ? "{" : "";
    }
    if (line === "```" || line === "-->") within = "text";
    else if (within === "code") return line;
    else given.push({ text: line, line: index + 1 });
    return "";
  });
  return { body, given, blocks, extension };
}

/** The code with empty lines for its imports. A name that two blocks import is imported once. */
function liftImports(code: string): { readonly code: string; readonly imports: readonly Part[] } {
  const imports: Part[] = [];
  const known = new Set<string>();
  const rest = code.replaceAll(
    /^import ([^"]*)"([^"]*)";/gm,
    (whole: string, names: string, from: string, at: number) => {
      const line = code.slice(0, at).split("\n").length;
      const text = `import ${withoutKnown(names, known)}"${from}";`;
      if (!from.startsWith(".")) imports.push({ text, line });
      return "\n".repeat(whole.split("\n").length - 1);
    },
  );
  return { code: rest, imports };
}

/** The clause of an import, `{ a, b } from` or `Name from`, with the names of it that are new. */
function withoutKnown(clause: string, known: Set<string>): string {
  return clause.replaceAll(/\s+/g, " ").replaceAll(/[\w$]+(?: as [\w$]+)?,?/g, (name) => {
    const plain = name.replace(",", "");
    if (/^(?:from|type|as)$/.test(plain)) return name;
    if (known.has(plain)) return "";
    known.add(plain);
    return name;
  });
}

function packageOf(text: string): readonly string[] {
  const name = /"(@[^/"]+\/[^/"]+|[^@./"][^/":]*)(?:\/[^"]*)?"/.exec(text)?.[1];
  return name === undefined ? [] : [name];
}
