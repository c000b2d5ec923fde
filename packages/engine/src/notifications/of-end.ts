import { randomBytes } from "node:crypto";
import type { NotificationRule } from "@appenv/core";
import type { ActionState } from "../live/state.ts";
import type { Outcome } from "../store/rows.ts";
import type { NewNotification } from "../store/notification-table.ts";

/** Maximum characters of an error in a notification; the whole of it is with the run. */
const longestError = 4_000;

/** The notifications of the end of a run: those of its rules that name the phase. */
export function notificationsOf({ run, task, row }: ActionState, outcome: Outcome): readonly NewNotification[] {
  const rules = run.settings.notify ?? task?.record.definition?.settings.notify ?? [];
  return rules
    .filter(({ on }) => (on as readonly string[]).includes(outcome.phase))
    .map(({ delivery }) => ({
      run: run.row,
      id: `msg_${randomBytes(16).toString("hex")}`,
      delivery,
      host: hostOf(delivery),
      phase: outcome.phase as NewNotification["phase"],
      error: (outcome.error?.message ?? "").slice(0, longestError),
      createdAt: row.endedAt ?? row.createdAt,
    }));
}

/** The scheme and the host of a webhook as they are stated: its path is often a password. A secret is one of its own. */
function hostOf(delivery: NotificationRule["delivery"]): string {
  if (delivery.kind === "email") return "email";
  const [, scheme = "", authority = delivery.url] = /^(https?:\/\/)([^/?#]*)/i.exec(delivery.url) ?? [];
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const [secret] = /^\{\{[^{}]*\}\}/.exec(delivery.url) ?? [];
  return secret ?? `${scheme.toLowerCase()}${host}`;
}
