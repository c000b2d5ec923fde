import { AppEnvError, type NotificationRule } from "@appenv/core";
import { isOwnVariable, variablesOf } from "@appenv/core/internal";

/** The variables of rules that Flyte has not: secrets, and the URL of a run. */
export function ownVariablesOf(rules: readonly NotificationRule[] = []): readonly string[] {
  return rules.flatMap(({ delivery }) => variablesOf(JSON.stringify(delivery)).filter(isOwnVariable));
}

/** Refuses rules that a Flyte cluster would send with their variables in them. @throws AppEnvError UNSUPPORTED. */
export function checkClusterRules(rules: readonly NotificationRule[] | undefined, owner: string): void {
  const [variable] = ownVariablesOf(rules);
  if (variable === undefined) return;
  throw new AppEnvError(
    "UNSUPPORTED",
    `A Flyte cluster does not know {{.${variable}}} in the notifications of ${owner}.`,
    {
      fix: "There, leave it out: a cluster fills in Run.Project, Run.Domain, Run.Name, Phase and Error alone.",
    },
  );
}
