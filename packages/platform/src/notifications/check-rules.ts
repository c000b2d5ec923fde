import type { NotificationRule } from "@appenv/core";
import { readNotify } from "@appenv/core/internal";
import type { TaskDefinition, TriggerDefinition } from "@appenv/protocol";
import { smtpSettings } from "./smtp-settings.ts";

/**
 * Refuses rules that this platform could never send, before anything is stored.
 *
 * @param owner - Names their owner in errors, as in `task 'train'`.
 * @throws AppEnvError INVALID_OPTION, UNSUPPORTED.
 */
export function checkRules(rules: readonly NotificationRule[] | undefined, owner: string): void {
  const checked = readNotify(rules, `notify of ${owner}`) ?? [];
  if (checked.some(({ delivery }) => delivery.kind === "email")) smtpSettings();
}

/** The same for a task and its triggers. @throws AppEnvError INVALID_OPTION, UNSUPPORTED. */
export function checkTaskRules(
  { taskName, settings }: Pick<TaskDefinition, "taskName" | "settings">,
  triggers: readonly TriggerDefinition[] = [],
): void {
  checkRules(settings.notify, `task '${taskName}'`);
  for (const { name, run } of triggers) checkRules(run.notify, `trigger '${name}' of task '${taskName}'`);
}
