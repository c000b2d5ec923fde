// Writes docs/errors.md from core's catalogue; with --check, fails if the file says something else.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { errorCatalogue, type ErrorEntry } from "../packages/core/src/errors/catalogue.ts";

const file = fileURLToPath(new URL("../docs/errors.md", import.meta.url));

if (process.argv.includes("--check")) check();
else writeFileSync(file, errorsPage());

function check(): void {
  if (read() === errorsPage()) return;
  console.error("docs/errors.md does not match packages/core/src/errors/catalogue.ts. Run: npm run errors");
  process.exitCode = 1;
}

function read(): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function errorsPage(): string {
  const rows = Object.entries<ErrorEntry>(errorCatalogue).map(
    ([code, { when, fix }]) => `| \`${code}\` | ${cell(when)} | ${cell(fix)} |`,
  );
  return `<!-- Made by scripts/generate-errors.ts from packages/core/src/errors/catalogue.ts. -->

# Errors

Everything AppEnv raises on purpose is an \`AppEnvError\` with one of these codes, a message that says what was wrong and
where, and the fix. \`AppEnvError.is(error, "PORT_IN_USE")\` recognises one, also across copies of the package; the
command line shows message and fix, and with \`--json\` the code too. A code is never reused for another meaning.

| Code | When | What to do |
| --- | --- | --- |
${rows.join("\n")}
`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
