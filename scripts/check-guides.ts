// Type-checks the TypeScript of the guides as a reader would have it: in a project beside the packages that it imports.
// The rules are in `lib/snippets.ts`.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "./lib/run.ts";
import { snippetModule, type SnippetModule } from "./lib/snippets.ts";
import { root, workspacePackages } from "./lib/workspace.ts";

const guides = join(root, "docs/guides");
const folder = realpathSync(mkdtempSync(join(tmpdir(), "appenv-guides-")));
try {
  const modules = readModules();
  for (const [file, { code }] of modules) writeFileSync(join(folder, file), code);
  const imported = [...modules.values()].flatMap(({ packages }) => [...packages]);
  for (const name of new Set([...imported, "@types/node"])) link(name);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(configuration()));
  const { ok, output } = await run(["tsc", "-p", "tsconfig.json", "--pretty", "false"], { cwd: folder });
  if (!ok) {
    console.error(inPages(output, modules).trimEnd());
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The modules of the pages, by the names of their files. */
function readModules(): ReadonlyMap<string, SnippetModule> {
  const pages = readdirSync(guides).filter((name) => name.endsWith(".md"));
  return new Map(
    pages.flatMap((page) => {
      const module = snippetModule(readFileSync(join(guides, page), "utf8"), guides);
      return module === undefined ? [] : [[page.replace(/md$/, module.extension), module] as const];
    }),
  );
}

/** The compiler's messages with the pages and lines that they are about. */
function inPages(output: string, modules: ReadonlyMap<string, SnippetModule>): string {
  return output.replaceAll(/^([\w.-]+)\((\d+),/gm, (whole, file: string, line: string) => {
    const module = modules.get(file);
    return module === undefined ? whole : `docs/guides/${file.replace(/tsx?$/, "md")}(${module.lineOf(Number(line))},`;
  });
}

/** The rules of the repository, without those that an excerpt breaks: it need not use what it declares. */
function configuration(): object {
  const compilerOptions = { jsx: "preserve", noUnusedLocals: false, noUnusedParameters: false };
  return { extends: join(root, "tsconfig.json"), compilerOptions, include: ["*.ts", "*.tsx"] };
}

/** Makes a package importable: one of the workspace, or one that a package of it has installed. */
function link(name: string): void {
  const packages = workspacePackages();
  const own = packages.find((item) => item.name === name)?.path;
  const places = [root, ...packages.map(({ path }) => path)].map((path) => join(path, "node_modules", name));
  const target = own ?? places.find((place) => existsSync(place));
  // The compiler says which page imports a package that is nowhere.
  if (target === undefined) return;
  mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
  symlinkSync(target, join(folder, "node_modules", name));
}
