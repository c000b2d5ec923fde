// Holds how comments and test titles begin: with a noun or a verb, as a reader would say it aloud.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root, workspacePackages } from "./lib/workspace.ts";

/** First words that leave out the noun: "What workers need" for "Needs of workers", "So many" for "Maximum number of". */
const headless = "What|Who|Whom|Whose|Those|That|So (?:many|much|often|long)|How|Whether|Where|When|Why|Which";
const comment = new RegExp(`^\\s*(?:/\\*\\*|//)\\s+(?:${headless})\\b`);
/** The first line of a comment of several lines. */
const opened = /^\s*\/\*\*\s*$/;
const continued = new RegExp(`^\\s*\\*\\s+(?:${headless})\\b`);
const title = new RegExp(
  `(?<![.\\w])(?:test|it|describe)(?:\\.\\w+)*\\(\\s*["'\`](?:what|who|whom|whose|those|so many)\\b`,
  "i",
);

/** Folders of packages that are not ours, and of files that are made. */
const skipped = new Set(["node_modules", "dist", "vendor", "generated", ".appenv", ".peers"]);

/** Packages that have not been read for this yet. */
const unread = new Set([
  "cli",
  "client",
  "conformance",
  "engine",
  "express",
  "fastify",
  "hono",
  "openapi",
  "platform",
  "runtime",
  "socket.io",
  "testing",
  "webhooks",
  "ws",
]);

const folders = [
  ...workspacePackages()
    .filter(({ folder }) => !unread.has(folder))
    .map(({ path }) => path),
  join(root, "scripts"),
];
const problems = folders.flatMap((folder) => sources(folder).flatMap(problemsOf));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

function problemsOf(file: string): string[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line, index) => {
    const begins = comment.test(line) || (continued.test(line) && opened.test(lines[index - 1] ?? ""));
    // The lines after the first of a comment of `//` lines may begin with anything.
    const isFirst = !/^\s*\/\//.test(line) || !/^\s*\/\//.test(lines[index - 1] ?? "");
    const wrong = (begins && isFirst) || title.test(line);
    return wrong ? [`${relative(root, file)}:${index + 1}: begins without a noun or a verb: ${line.trim()}`] : [];
  });
}

// Not `recursive`: that follows the links of node_modules, round and round.
function sources(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : sources(path);
    return entry.isFile() && /\.(ts|mts|mjs)$/.test(entry.name) ? [path] : [];
  });
}
