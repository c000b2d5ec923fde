// Holds what documents say of the repository: links lead somewhere, named files exist, containers are started by `node`,
// and changesets have the form of the change log.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { root, workspacePackages } from "./lib/workspace.ts";

const published = new Set(
  workspacePackages()
    .filter(({ group }) => group === "packages")
    .map(({ name }) => name),
);
const groups = new Set(["packages", "internal", "examples", "scripts", "docs"]);

const documents = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" }).trim().split("\n");
const problems = documents.filter((document) => existsSync(join(root, document))).flatMap(problemsOf);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

function problemsOf(document: string): string[] {
  const text = readFileSync(join(root, document), "utf8");
  if (document.startsWith(".changeset/")) return changesetProblems(document, text);
  return [...linkProblems(document, text), ...pathProblems(document, text), ...commandProblems(document, text)];
}

function linkProblems(document: string, text: string): string[] {
  const prose = text.replaceAll(/^```[^]*?^```/gm, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = "", anchor] = link.split("#", 2);
    const file = path === "" ? document : normalize(join(dirname(document), path));
    if (!existsSync(join(root, file))) return [`${document}: the link ${link} leads nowhere.`];
    if (anchor === undefined || !file.endsWith(".md") || anchorsOf(file).has(anchor)) return [];
    return [`${document}: ${file} has no heading #${anchor}.`];
  });
}

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(file: string): ReadonlySet<string> {
  const headings = readFileSync(join(root, file), "utf8").matchAll(/^#+ (.+)$/gm);
  return new Set([...headings].map(([, heading = ""]) => slug(heading)));
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[^\p{L}\p{N}\-_ ]/gu, "")
    .replaceAll(" ", "-");
}

/** Files of the repository; in the page of the architecture also `platform/apps/x.ts` for `packages/platform/src/apps/x.ts`. */
function pathProblems(document: string, text: string): string[] {
  const isMap = document === "docs/architecture.md";
  const named = text.matchAll(/(?<![\w@./-])[\w.@*-]+(?:\/[\w.@*-]+)+\/?/g);
  return [...new Set([...named].map(([path]) => path.replace(/\.$/, "")))].flatMap((path) => {
    const [first = "", ...rest] = path.split("/");
    const isFull = groups.has(first) && !document.startsWith("examples/");
    if (!isFull && !(isMap && path.endsWith(".ts"))) return [];
    const places = isFull ? [path, join(dirname(document), path)] : [join("packages", first, "src", ...rest)];
    return places.some((place) => isThere(place)) ? [] : [`${document}: there is no ${path}.`];
  });
}

/** Of a path with a wildcard, the folders before it. */
function isThere(path: string): boolean {
  const parts = path.split("/");
  const wild = parts.findIndex((part) => part.includes("*"));
  return existsSync(join(root, ...(wild < 0 ? parts : parts.slice(0, wild))));
}

/** npx as a container's first process passes no signal on in time: requests are cut at a rollout. */
function commandProblems(document: string, text: string): string[] {
  return /^(?:CMD|ENTRYPOINT)\b.*\bnpx\b|"command": \["npx"/m.test(text)
    ? [`${document}: a container starts with npx. Start it with node, which gets the signals.`]
    : [];
}

function changesetProblems(document: string, text: string): string[] {
  const [, head = "", body = ""] = /^---\n([^]*?)---\n\n([^]*)$/.exec(text) ?? [];
  const names = [...head.matchAll(/^"?([^":\n]+)"?: (?:patch|minor|major)$/gm)].map(([, name = ""]) => name);
  const unknown = names.filter((name) => !published.has(name));
  const isLine = /^(?:fix|feat): [^\n]+\n$/.test(body);
  return [
    ...unknown.map((name) => `${document}: ${name} is no published package.`),
    ...(names.length === 0 ? [`${document}: it names no package.`] : []),
    ...(isLine ? [] : [`${document}: it must be one line that begins with \`fix:\` or \`feat:\`.`]),
  ];
}
