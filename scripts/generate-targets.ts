// Writes docs/targets.md from the lists of options in the client, behind which are also the notes of `appenv deploy` and its
// plans; with --check, fails if the file says something else.
import { abilities, type Ability, type Support } from "../packages/client/src/targets/abilities.ts";
import { runAbilities, type RunAbility } from "../packages/client/src/targets/run-abilities.ts";
import { writeGenerated } from "./lib/generated-file.ts";

const page = `<!-- Made by scripts/generate-targets.ts from packages/client/src/targets/abilities.ts. -->

# Targets

The same code is served and run by two kinds of control plane: the platform on one machine, and a Flyte 2 cluster. The columns
say what each does with an option: *yes*; *by the runtime*, where AppEnv does it in the container because the backend does not;
*not tried*, where the backend is asked for it and nobody has seen what it does; *without effect*, where it means nothing there;
and *no*. \`appenv deploy --plan\` checks an app or tasks against this list and ends with exit code 1 if an option of
yours says *no*; \`appenv deploy\` names each option that has no effect.

*Cluster* is Flyte's open-source backend, as it was seen to behave in August 2026 (v2.0.43). How to deploy there, and what was
tried, is in [the guide](guides/deploy.md).

## Apps

${table((each) => each.of !== "task")}

## Tasks

${table((each) => each.of !== "app")}

## Runs and triggers

What a cluster cannot do here is refused when it is asked for, with the code \`UNSUPPORTED\` or \`NOT_FOUND\`, and never left out in silence.

${rowsOf(runAbilities)}
`;

writeGenerated("docs/targets.md", page, "npm run docs");

function table(isShown: (ability: Ability) => boolean): string {
  return rowsOf(abilities.filter(isShown).map((each) => ({ ...each, option: `\`${each.option}\`` })));
}

function rowsOf(shown: readonly RunAbility[]): string {
  const rows = shown.map(({ option, platform, cluster }) => [option, supportText(platform), supportText(cluster)]);
  const all = [["Option", "Platform on one machine", "Cluster"], ["---", "---", "---"], ...rows];
  return all.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function supportText({ is, note }: Support): string {
  return note === undefined ? is : `${is}: ${note}`;
}
