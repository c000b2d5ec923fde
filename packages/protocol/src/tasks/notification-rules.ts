import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { AppEnvError, type EmailDelivery, type NotificationRule, type WebhookDelivery } from "@appenv/core";
import { readNotify } from "@appenv/core/internal";
import {
  EmailDeliveryTemplateSchema,
  HttpMethod,
  InlineRuleListSchema,
  InlineRuleSchema,
  type EmailDeliveryTemplate,
  type InlineRule,
  type RunSpec,
  type WebhookDeliveryTemplate,
  WebhookDeliveryTemplateSchema,
} from "@appenv-internal/flyteidl2/tasks";
import { actionPhase, actionPhaseName } from "./action-phase.ts";

type Settings = RunSpec["notificationSettings"];

/** The rules of a run, as Flyte's message; undefined: those of its task. */
export function toNotificationSettings(rules: readonly NotificationRule[] | undefined): Settings {
  if (rules === undefined) return { case: undefined };
  return { case: "notificationRules", value: create(InlineRuleListSchema, { rules: rules.map(toRule) }) };
}

function toRule({ on, delivery }: NotificationRule): MessageInitShape<typeof InlineRuleSchema> {
  const value =
    delivery.kind === "webhook" ? { webhook: webhookTemplate(delivery) } : { email: emailTemplate(delivery) };
  return { onPhases: on.map(actionPhase), delivery: { case: "deliveryTemplate", value } };
}

function webhookTemplate(delivery: WebhookDelivery): MessageInitShape<typeof WebhookDeliveryTemplateSchema> {
  const { url, method, headers, body } = delivery;
  return { url, method: HttpMethod[method], headers: { ...headers }, bodyTemplate: body };
}

function emailTemplate(delivery: EmailDelivery): MessageInitShape<typeof EmailDeliveryTemplateSchema> {
  const { to, cc, bcc, subject, text, html } = delivery;
  return {
    to: to.map(toRecipient),
    cc: cc.map(toRecipient),
    bcc: bcc.map(toRecipient),
    content: { case: "inline", value: { subject, textTemplate: text, htmlTemplate: html ?? noHtml } },
  };
}

/** The text by which Flyte's SDK says that an email has no HTML. */
const noHtml = "No HTML body";

/** The rules of a run, from Flyte's message; undefined: those of its task. @throws AppEnvError INVALID_OPTION, UNSUPPORTED. */
export function fromNotificationSettings(settings: Settings | undefined): readonly NotificationRule[] | undefined {
  if (settings === undefined || settings.case === undefined) return undefined;
  if (settings.case === "notificationRuleName") {
    if (settings.value === "") return undefined;
    throw unsupported("`notification_rule_name`", "rules that an administrator has named");
  }
  return readNotify(settings.value.rules.map(fromRule), "notification_rules");
}

function fromRule({ onPhases, delivery }: InlineRule): NotificationRule {
  if (delivery.case === "deliveryConfigName") {
    throw unsupported("`delivery_config_name`", "deliveries that an administrator has named");
  }
  const { webhook, email } = delivery.value ?? {};
  if (webhook !== undefined && email !== undefined) {
    throw new AppEnvError("INVALID_OPTION", "A rule in notification_rules has a webhook and an email.", {
      fix: "Make two rules of it.",
    });
  }
  // `readNotify` refuses one that has neither, and other phases.
  return {
    on: onPhases.map(actionPhaseName),
    delivery: webhook === undefined ? email && fromEmail(email) : fromWebhook(webhook),
  } as NotificationRule;
}

function fromWebhook({ url, method, headers, bodyTemplate }: WebhookDeliveryTemplate): WebhookDelivery {
  const name = method === HttpMethod.UNSPECIFIED ? "POST" : HttpMethod[method];
  return { kind: "webhook", url, method: name as WebhookDelivery["method"], headers, body: bodyTemplate };
}

function fromEmail({ to, cc, bcc, content }: EmailDeliveryTemplate): EmailDelivery {
  if (content.case === "providerTemplate")
    throw unsupported("an email template of a provider", "providers with templates");
  const { subject = "", textTemplate = "", htmlTemplate = "" } = content.value ?? {};
  const isHtml = htmlTemplate !== "" && htmlTemplate !== noHtml;
  return {
    kind: "email",
    to: to.map(addressOf),
    cc: cc.map(addressOf),
    bcc: bcc.map(addressOf),
    subject,
    text: textTemplate,
    ...(isHtml ? { html: htmlTemplate } : {}),
  };
}

function toRecipient(address: string): { address: string } {
  return { address };
}

function addressOf({ address }: { readonly address: string }): string {
  return address;
}

function unsupported(what: string, missing: string): AppEnvError {
  return new AppEnvError("UNSUPPORTED", `This platform knows no ${missing}: ${what} of a notification.`, {
    fix: "State the webhook or the email itself, as an inline rule.",
  });
}
