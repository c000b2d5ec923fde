import { Command } from "commander";
import manifest from "../package.json" with { type: "json" };
import { commandTable } from "./commands/table.ts";

const overview = `
Examples:
  $ appenv serve app.ts              serve the app of a file, starting the platform if none runs
  $ appenv run tasks.ts add --x 1    run a task of a file and print its output
  $ appenv get app                   list the apps; also: get run, get task
  $ appenv logs app hello --follow   see what an app writes

Every command takes --json and --help.`;

/** The program with the commands these arguments can mean; all of them if that cannot be told. */
export async function createProgram(args: readonly string[]): Promise<Command> {
  const program = configure(new Command("appenv"))
    .description("Serve TypeScript apps and run durable tasks, on this machine or on a Flyte cluster.")
    .version(manifest.version, "--version", "show the version")
    .addHelpText("after", overview);
  for (const [path, load] of chosen(args)) {
    const words = path.split(" ");
    const command = configure(await (await load())(args));
    (words.length === 1 ? program : groupOf(program, words[0] ?? "")).addCommand(command);
  }
  return program;
}

/** Only the chosen command's module is imported, since that is most of what starting costs. */
function chosen(args: readonly string[]): typeof commandTable {
  const first = args.find((arg) => !arg.startsWith("-"));
  const matching = commandTable.filter(([path]) => path.split(" ")[0] === first);
  return matching.length > 0 ? matching : commandTable;
}

const groups: Readonly<Record<string, string>> = {
  get: "show apps, revisions, replicas, runs, tasks, triggers, queues, events, backfills, secrets and API keys",
  create: "make a secret, an API key or a configuration file",
  delete: "remove an app, a run, a trigger, a secret or an API key",
  gen: "write code from what is deployed",
  logs: "show what an app or a run writes",
  pause: "keep what waits in a queue from starting",
  resume: "let what waits in a paused queue start",
  abort: "cancel a run, many runs or an action",
};

function groupOf(program: Command, name: string): Command {
  const existing = program.commands.find((command) => command.name() === name);
  if (existing !== undefined) return existing;
  const group = configure(new Command(name)).description(groups[name] ?? "");
  program.addCommand(group);
  return group;
}

/** Errors are thrown to `runCli`, which reports all of them in one way. */
function configure(command: Command): Command {
  return (
    command
      .exitOverride()
      .configureOutput({ outputError: () => {}, writeErr: () => {} })
      .helpCommand(false)
      .helpOption("-h, --help", "show this help")
      .showSuggestionAfterError(true)
      // A command may have others below it with the same options.
      .enablePositionalOptions()
      .allowExcessArguments(false)
  );
}
