import { invalidOption } from "../../errors/invalid-option.ts";
import { checkOptions, type OptionNames } from "../../errors/known-options.ts";
import type { NotificationRule, NotifiedPhase, WebhookMethod } from "./notification-rule.ts";
import { checkRule, readPhases } from "./read-rules.ts";

/**
 * Options that all notifications have. Their texts may hold `{{.Run.Project}}`, `{{.Run.Domain}}`, `{{.Run.Name}}`,
 * `{{.Run.Url}}`, `{{.Phase}}` and `{{.Error}}`; a URL and headers also `{{.Secret.NAME}}`, a secret of the project.
 */
export interface NotifyOptions {
  /** The phases at a run's end that it is sent for. */
  readonly on: NotifiedPhase | readonly NotifiedPhase[];
}

/** Options of `webhook`. Source: Flyte's `notify.Webhook`. */
export interface WebhookOptions extends NotifyOptions {
  /** `{{.Secret.NAME}}` keeps it out of definitions, answers of the API and logs. */
  readonly url: string;
  /** Default `POST`. */
  readonly method?: WebhookMethod;
  /** Default: `content-type: application/json`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A value that becomes JSON. Default: an object of run, project, domain, phase and error; none with `GET`. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Options of `slack`. Source: Flyte's `notify.Slack`. */
export interface SlackOptions extends NotifyOptions {
  /** Slack's URL of an incoming webhook; as good as a password, so best `{{.Secret.NAME}}`. */
  readonly webhookUrl: string;
  /** Default: the run, its phase and its project. */
  readonly message?: string;
  /** Blocks of Slack's Block Kit, in place of `message`. */
  readonly blocks?: readonly Readonly<Record<string, unknown>>[];
}

/** Options of `teams`. Source: Flyte's `notify.Teams`. */
export interface TeamsOptions extends NotifyOptions {
  /** Teams's URL of a webhook; as good as a password, so best `{{.Secret.NAME}}`. */
  readonly webhookUrl: string;
  /** Default: the run and its phase. */
  readonly title?: string;
  /** Default: the run, its project, its phase and its error. */
  readonly message?: string;
  /** An Adaptive Card, in place of `title` and `message`. */
  readonly card?: Readonly<Record<string, unknown>>;
}

/** Options of `email`. Source: Flyte's `notify.Email`. */
export interface EmailOptions extends NotifyOptions {
  readonly recipients: readonly string[];
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  /** Default: the run and its phase. */
  readonly subject?: string;
  /** Plain text. Default: the run, its project, its phase and its error. */
  readonly body?: string;
  /** HTML beside the plain text. Default: none. */
  readonly htmlBody?: string;
}

const webhookNames: OptionNames<WebhookOptions> = { on: true, url: true, method: true, headers: true, body: true };
const slackNames: OptionNames<SlackOptions> = { on: true, webhookUrl: true, message: true, blocks: true };
const teamsNames: OptionNames<TeamsOptions> = { on: true, webhookUrl: true, title: true, message: true, card: true };
const emailNames: OptionNames<EmailOptions> = {
  on: true,
  recipients: true,
  cc: true,
  bcc: true,
  subject: true,
  body: true,
  htmlBody: true,
};

// Flyte's own texts.
const slackText = "Run: {{.Run.Name}} finished with phase {{.Phase}}\n | {{.Run.Project}}/{{.Run.Domain}}\n";
const title = "Run {{.Run.Name}} {{.Phase}}";
const text =
  "Run: {{.Run.Name}}\nProject/Domain: {{.Run.Project}}/{{.Run.Domain}}\nPhase: {{.Phase}}\nError: {{.Error}}\n";
const fields = {
  run: "{{.Run.Name}}",
  project: "{{.Run.Project}}",
  domain: "{{.Run.Domain}}",
  phase: "{{.Phase}}",
  error: "{{.Error}}",
};
const json = { "Content-Type": "application/json" };

/**
 * A notification by an HTTP request. Its header `webhook-id` is the same whenever it is sent again.
 *
 * @throws AppEnvError INVALID_OPTION.
 * @example
 * notify: [webhook({ on: "FAILED", url: "https://alerts.example.com", headers: { authorization: "{{.Secret.ALERTS}}" } })]
 */
export function webhook(options: WebhookOptions): NotificationRule {
  checkOptions(options, "webhook", webhookNames);
  const { on, url, method = "POST", headers = {}, body = method === "GET" ? undefined : fields } = options;
  const isTyped = body === undefined || Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  return ruleOf("webhook", on, {
    kind: "webhook",
    url,
    method,
    headers: { ...(isTyped ? {} : json), ...headers },
    body: body === undefined ? "" : jsonOf(body, "webhook.body"),
  });
}

/** A message in Slack, by an incoming webhook. @throws AppEnvError INVALID_OPTION. */
export function slack(options: SlackOptions): NotificationRule {
  checkOptions(options, "slack", slackNames);
  const { on, webhookUrl, message = slackText, blocks } = options;
  return posted("slack", on, webhookUrl, blocks === undefined ? { text: message } : { blocks });
}

/** A message in Microsoft Teams, by a webhook. @throws AppEnvError INVALID_OPTION. */
export function teams(options: TeamsOptions): NotificationRule {
  checkOptions(options, "teams", teamsNames);
  const { on, webhookUrl, card, title: heading = title, message = text } = options;
  return posted("teams", on, webhookUrl, card ?? { title: heading, text: message });
}

/** An email. The embedded platform sends it by the server in its env var `APPENV_SMTP_URL`. @throws AppEnvError INVALID_OPTION. */
export function email(options: EmailOptions): NotificationRule {
  checkOptions(options, "email", emailNames);
  const { on, recipients, cc = [], bcc = [], subject = title, body = text, htmlBody } = options;
  return ruleOf("email", on, {
    kind: "email",
    to: recipients,
    cc,
    bcc,
    subject,
    text: body,
    ...(htmlBody === undefined ? {} : { html: htmlBody }),
  });
}

function posted(where: string, on: NotifyOptions["on"], url: string, body: unknown): NotificationRule {
  return ruleOf(where, on, {
    kind: "webhook",
    url,
    method: "POST",
    headers: json,
    body: jsonOf(body, `${where}.body`),
  });
}

function ruleOf(where: string, on: NotifyOptions["on"], delivery: NotificationRule["delivery"]): NotificationRule {
  return checkRule({ on: readPhases(on, `${where}.on`), delivery }, where);
}

function jsonOf(value: unknown, option: string): string {
  try {
    const written = JSON.stringify(value) as string | undefined;
    if (written !== undefined) return written;
  } catch {
    // A value that holds itself.
  }
  throw invalidOption(option, value, "a value that JSON can hold");
}
