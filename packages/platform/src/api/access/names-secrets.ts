import { secretOf, variablesOf } from "@appenv/core/internal";
import type { RunSpec } from "@appenv/protocol/tasks";

/** True if notifications of a run hold secrets, which go wherever the sender of the request says. */
export function namesSecrets(settings: RunSpec["notificationSettings"] | undefined): boolean {
  if (settings?.case !== "notificationRules") return false;
  return settings.value.rules.some(({ delivery }) => {
    if (delivery.case !== "deliveryTemplate") return false;
    const { url = "", headers = {} } = delivery.value.webhook ?? {};
    return [url, ...Object.values(headers)].some((text) =>
      variablesOf(text).some((variable) => secretOf(variable) !== undefined),
    );
  });
}
