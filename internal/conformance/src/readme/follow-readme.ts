import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseReadme } from "./parse-readme.ts";
import { Reader } from "./reader.ts";

/** Whoever runs tests has done it. */
const setup = "npm run setup";
const root = fileURLToPath(new URL("../../../../", import.meta.url));

/**
 * Does what a README tells, in order, as somebody who has just cloned the repository: each line of an `sh` block, each
 * command that begins with `$ `, whose output must be the one that is shown. The first line that serves something goes
 * on in a terminal of its own meanwhile; the further ones are tried at the end. After Ctrl-C nothing may be left.
 *
 * Ports are any free ones, put in place of 8080 and 7070; state is in a directory of its own.
 *
 * @returns How many lines and blocks were followed.
 */
export async function followReadme(readme: URL): Promise<number> {
  const steps = parseReadme(readFileSync(readme, "utf8"));
  const servers = steps.flatMap((step) => (step.kind === "line" && serves(step.command, readme) ? [step] : []));
  await using reader = new Reader(root);
  for (const step of steps) {
    if (step.kind === "transcript") for (const command of step.commands) await reader.show(command);
    else if (step === servers[0]) await reader.serve(step.command);
    else if (step.command.startsWith("cd ")) await reader.goTo(step.command.slice(3));
    else if (!servers.includes(step) && step.command !== setup) await reader.run(step.command);
  }
  await reader.interrupt();
  for (const { command } of servers.slice(1)) {
    await reader.serve(command);
    await reader.interrupt();
  }
  return steps.length;
}

/** True of a command that runs until Ctrl-C. */
function serves(command: string, readme: URL): boolean {
  const file = /^(?:npx )?node (\S+\.ts)$/.exec(command)?.[1];
  if (file !== undefined) return /\bserve\(/.test(readFileSync(new URL(file, readme), "utf8"));
  return /^(npx appenv (serve|up)|npm start)\b/.test(command);
}
