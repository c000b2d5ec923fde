// Writes docs/guides/cli.md from the commands' own help; with --check, fails if the file says something else.
import { createProgram } from "../packages/cli/src/program.ts";
import { writeGenerated } from "./lib/generated-file.ts";

type Command = Awaited<ReturnType<typeof createProgram>>;

const program = await createProgram([]);
const leaves = program.commands.flatMap((command) => [...(isGroup(command) ? [] : [command]), ...command.commands]);

const page = `<!-- Made by scripts/generate-cli-page.ts from packages/cli/src/commands/. -->

# The command line

\`npx appenv COMMAND\`, or \`appenv COMMAND\` where the package \`appenv\` is installed. What holds for every command:

- Results go to stdout; progress, hints and errors go to stderr. A moving progress line appears only on a terminal,
  colours only there and without \`NO_COLOR\`.
- With \`--json\` each result is one JSON value on a line, and an error is one object on stderr:
  \`{"error":{"code","message","fix"}}\`. The codes are in [errors.md](../errors.md).
- Exit codes: 0 done, 1 failed (also a run that is waited for), 2 the arguments could not be understood, 130 Ctrl-C before
  \`serve\` had served or a run had ended.
  Ctrl-C on a command that runs until it is stopped drains what is open and exits 0; a second one ends it at once.
- Which control plane is meant: \`--endpoint\`, else \`--local\`, else the configuration file and env vars of Flyte
  (see [deploy.md](deploy.md)), else the platform on this machine.

${leaves.map((command) => section(command)).join("\n")}`;

writeGenerated("docs/guides/cli.md", page, "npm run docs");

/** True for a command that only groups others; `run`, for example, also does something itself. */
function isGroup(command: Command): boolean {
  return command.commands.length > 0 && command.registeredArguments.length === 0;
}

function section(command: Command): string {
  return `## appenv ${pathOf(command)}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`;
}

function pathOf(command: Command): string {
  const parent = command.parent;
  return parent === null || parent === program ? command.name() : `${parent.name()} ${command.name()}`;
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 110 });
  command.outputHelp();
  return text.trimEnd();
}
