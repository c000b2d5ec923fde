// Writes docs/errors.md from core's catalogue; with --check, fails if the file says something else.
import { errorCatalogue, type ErrorEntry } from "../packages/core/src/errors/catalogue.ts";
import { writeGenerated } from "./lib/generated-file.ts";

const rows = Object.entries<ErrorEntry>(errorCatalogue).map(
  ([code, { when, fix }]) => `| \`${code}\` | ${cell(when)} | ${cell(fix)} |`,
);

const page = `<!-- Made by scripts/generate-errors.ts from packages/core/src/errors/catalogue.ts. -->

# Errors

Everything AppEnv raises on purpose is an \`AppEnvError\` with one of these codes, a message that says what was wrong and
where, and the fix. \`AppEnvError.is(error, "PORT_IN_USE")\` recognises one, also across copies of the package; the
command line shows message and fix, and with \`--json\` the code too. A code is never reused for another meaning.

| Code | When | What to do |
| --- | --- | --- |
${rows.join("\n")}
`;

writeGenerated("docs/errors.md", page, "npm run docs");

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
