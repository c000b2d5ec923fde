import type { Run } from "@appenv/client/tasks";
import type { RunAction } from "@appenv/core";
import type { Output } from "../output/output.ts";

/**
 * Says what a condition asks, and the command and the link that answer it.
 *
 * @param name - The condition's, or that of its action if several of the name wait.
 */
export async function showQuestion(run: Run, action: RunAction, name: string, output: Output): Promise<void> {
  // One who may not answer is told no link, and a condition may be answered meanwhile.
  const asked = await run.waitingCondition(action.name).catch(() => undefined);
  const command = `appenv signal ${run.name} ${name}`;
  if (asked === undefined) return output.note(`It waits for '${action.task}': \`${command} VALUE\`.`);
  const lines = [`It waits for '${action.task}': ${oneLine(asked.prompt)}`, `  ${command} ${quoted(asked.example)}`];
  output.note([...lines, `  ${asked.link}`].join("\n"));
}

/** Maximum length of a question in the output of a run, in characters. */
const mostShown = 200;

/** A question of one line: no line of it may look like one of the command's own. */
function oneLine(prompt: string): string {
  const text = prompt.replaceAll(/\s+/g, " ").trim();
  return text.length <= mostShown ? text : `${text.slice(0, mostShown)}...`;
}

/** A word as a shell reads it. */
function quoted(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
