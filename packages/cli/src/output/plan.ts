import type { DeploymentPlan, NotHonoured, PlannedItem } from "@appenv/client/internal";

const signs = { create: "+", change: "~", none: "=" } as const;
const words = { create: "is new", change: "changes", none: "stays as it is" } as const;

/** A plan as text: an item a line, its changes below it, then what the control plane does not honour. */
export function planText(plan: DeploymentPlan): string {
  const lines = [
    `Plan for ${plan.endpoint}, project ${plan.project}, domain ${plan.domain}`,
    "",
    ...plan.items.flatMap(itemLines),
  ];
  if (plan.notHonoured.length > 0) lines.push("", ...plan.notHonoured.map(notHonouredLine));
  return lines.join("\n");
}

function itemLines({ kind, name, action, changes }: PlannedItem): readonly string[] {
  const details = changes.map(({ path, before = "(none)", after = "(none)" }) => `    ${path}: ${before} -> ${after}`);
  return [`${signs[action]} ${kind} ${name} ${words[action]}`, ...details];
}

function notHonouredLine({ environment, option, is, note }: NotHonoured): string {
  const [sign, text] = is === "no" ? ["!", "cannot be had here"] : ["-", "has no effect here"];
  return `${sign} \`${option}\` of '${environment}' ${text}: ${note}`;
}

/** Tells whether a plan asks for something that its control plane cannot do. */
export function isImpossible({ notHonoured }: DeploymentPlan): boolean {
  return notHonoured.some(({ is }) => is === "no");
}
