import { invalidOption } from "../../errors/invalid-option.ts";
import type { EmailDelivery, NotificationRule, NotifiedPhase, WebhookDelivery } from "./notification-rule.ts";
import { checkTemplate, secretOf, variablesOf } from "./templates.ts";

const phases: ReadonlySet<unknown> = new Set<NotifiedPhase>(["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"]);
const methods: ReadonlySet<unknown> = new Set<WebhookDelivery["method"]>(["POST", "PUT", "PATCH", "GET", "DELETE"]);

/** Maximum rules of a run. */
const mostRules = 20;
/** Maximum characters of all texts of a rule. */
const longestRule = 32_768;

/**
 * Checks rules, whoever made them.
 *
 * @param option - Names them in errors, as in `notify of task 'train'`.
 * @throws AppEnvError INVALID_OPTION.
 */
export function readNotify(value: unknown, option: string): readonly NotificationRule[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw invalidOption(option, value, "a list of webhook(), slack(), teams() and email()");
  if (value.length > mostRules) throw invalidOption(option, value.length, `a list of at most ${mostRules} rules`);
  return Object.freeze((value as readonly unknown[]).map((rule) => checkRule(rule as NotificationRule, option)));
}

/** Checks one rule. @throws AppEnvError INVALID_OPTION. */
export function checkRule(rule: NotificationRule, option: string): NotificationRule {
  const delivery = rule?.delivery as NotificationRule["delivery"] | undefined;
  if (delivery?.kind !== "webhook" && delivery?.kind !== "email") {
    throw invalidOption(`a rule of ${option}`, rule, "made by webhook(), slack(), teams() or email()");
  }
  readPhases(rule.on, `${option}.on`);
  if (JSON.stringify(rule).length > longestRule) {
    throw invalidOption(option, "longer", `a rule of at most ${longestRule} characters`);
  }
  if (delivery.kind === "webhook") checkWebhook(delivery, option);
  else checkEmail(delivery, option);
  return Object.freeze(rule);
}

/** The phases of `on`. @throws AppEnvError INVALID_OPTION. */
export function readPhases(value: NotifiedPhase | readonly NotifiedPhase[], option: string): readonly NotifiedPhase[] {
  const listed: readonly unknown[] = Array.isArray(value) ? value : [value];
  const wrong = listed.find((phase) => !phases.has(phase));
  if (listed.length > 0 && wrong === undefined && value !== undefined) {
    return Object.freeze([...new Set(listed as readonly NotifiedPhase[])]);
  }
  throw invalidOption(option, wrong ?? value, 'one or several of "SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"');
}

function checkWebhook({ url, method, headers, body }: WebhookDelivery, option: string): void {
  checkText(url, `${option}.url`, true);
  checkUrl(url, `${option}.url`);
  if (!methods.has(method)) throw invalidOption(`${option}.method`, method, `one of ${[...methods].join(", ")}`);
  if (method === "GET" && body !== "") throw invalidOption(`${option}.body`, body, "left out with GET");
  if (typeof headers !== "object" || headers === null) throw invalidOption(`${option}.headers`, headers, "an object");
  for (const [name, value] of Object.entries(headers)) checkHeader(name, value, `${option}.headers`);
  checkText(body, `${option}.body`, false);
}

/** Its value is in no message: it may be a password. */
function checkHeader(name: string, value: unknown, option: string): void {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name)) throw invalidOption(option, name, "named as in HTTP");
  if (/^(host|content-length|transfer-encoding|connection|webhook-id|webhook-timestamp)$/i.test(name)) {
    throw invalidOption(option, name, "left to the platform, which sets it");
  }
  if (typeof value !== "string" || /[^\t\u0020-\u007e\u0080-\u00ff]/.test(value)) {
    throw invalidOption(`the header '${name}' of ${option}`, typeof value, "a text without line breaks");
  }
  checkTemplate(value, `the header '${name}' of ${option}`, true);
}

/** The scheme and the host are stated, unless the whole URL is a secret. */
function checkUrl(url: string, option: string): void {
  const [first] = variablesOf(url);
  if (first !== undefined && secretOf(first) !== undefined && url.startsWith("{{")) return;
  const filled = url.replaceAll(/\{\{[^{}]*\}\}/g, "x");
  if (URL.canParse(filled) && /^https?:$/.test(new URL(filled).protocol) && /^https?:\/\/[^/{}]+/.test(url)) return;
  // It may hold a password.
  throw invalidOption(option, "something else", "an http or https URL, or {{.Secret.NAME}} of one");
}

function checkEmail({ to, cc, bcc, subject, text, html }: EmailDelivery, option: string): void {
  if (!Array.isArray(to) || to.length === 0) throw invalidOption(`${option}.recipients`, to, "one address or more");
  for (const address of [to, cc, bcc].flat()) {
    if (typeof address === "string" && /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(address)) continue;
    throw invalidOption(`${option}.recipients`, address, "an email address");
  }
  checkText(subject, `${option}.subject`, false);
  checkText(text, `${option}.body`, false);
  if (html !== undefined) checkText(html, `${option}.htmlBody`, false);
}

function checkText(text: unknown, option: string, secrets: boolean): void {
  if (typeof text !== "string") throw invalidOption(option, text, "a text");
  checkTemplate(text, option, secrets);
}
