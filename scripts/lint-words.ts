// Holds how comments and test titles begin: with a noun or a verb, as a reader would say it aloud. And holds words that have
// been given up for others, wherever they stand in the source.
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

/** Words that were given up, with those in their place: the table in CONTRIBUTING.md has their meanings. */
const replaced: Readonly<Record<string, string>> = {
  preset: "default",
  outbox: "batcher",
  verdict: "outcome, or decision",
  lane: "group",
};
const givenUp = Object.entries(replaced).map(([word, use]) => ({ use, pattern: partOfName(word) }));

/** Files that keep old words: what is on disk keeps its names. */
const old = new Set(["internal/state/src/migrations.ts"]);

const folders = [...workspacePackages().map(({ path }) => path), join(root, "scripts")];
const problems = folders.flatMap((folder) =>
  sources(folder).flatMap((file) => [...problemsOf(file), ...oldWords(file)]),
);
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

function oldWords(file: string): string[] {
  const name = relative(root, file);
  if (old.has(name) || file === import.meta.filename) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line, index) =>
    givenUp.flatMap(({ use, pattern }) => {
      const word = pattern.exec(line)?.[0];
      return word === undefined ? [] : [`${name}:${index + 1}: '${word}' is called ${use} here.`];
    }),
  );
}

/** A word by itself, or as a part of a name in camel case. */
function partOfName(word: string): RegExp {
  const capital = `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
  return new RegExp(`(?<![A-Za-z])${word}s?(?![a-z])|${capital}s?(?![a-z])`);
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
