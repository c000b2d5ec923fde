import { AppEnvError } from "@appenv/core";
import type { NotificationSender, OutgoingNotification, SendResult } from "@appenv/engine";
import { runPage } from "../api/public-url.ts";
import { maskOf } from "../secrets/mask.ts";
import { sendEmail } from "./send-email.ts";
import { sendWebhook } from "./send-webhook.ts";
import { smtpSettings } from "./smtp-settings.ts";
import { MissingSecret, TemplateValues, type SecretValues } from "./values.ts";
import { webhookRequest, type WebhookRequest } from "./webhook-request.ts";

/** Needs of sending. */
export interface NotificationSenderOptions {
  /** Default: there are none. */
  readonly secrets: SecretValues | undefined;
  /** The API's URL, at which the console has the pages of runs. */
  readonly endpoint: string;
}

const noSecrets: SecretValues = { find: () => undefined };

/** Sends notifications by HTTP and by email. */
export function createNotificationSender({
  secrets = noSecrets,
  endpoint,
}: NotificationSenderOptions): NotificationSender {
  return {
    send: async (notification, signal) => {
      const values = new TemplateValues(notification, runPage(notification.run, endpoint), secrets);
      const result = await sendOnce(notification, values, signal);
      if (result.delivered) return result;
      const mask = maskOf([...values.hidden, ...hiddenOfSmtp(notification)]);
      return { ...result, reason: mask === undefined ? result.reason : mask(result.reason) };
    },
  };
}

async function sendOnce(
  notification: OutgoingNotification,
  values: TemplateValues,
  signal: AbortSignal,
): Promise<SendResult> {
  const { delivery, id } = notification;
  try {
    if (delivery.kind === "email") return await sendEmail(notification, delivery, values, smtpSettings(), signal);
    return await sendWebhook(
      withUrl(() => webhookRequest(delivery, id, values, new Date())),
      signal,
    );
  } catch (error) {
    if (error instanceof MissingSecret || AppEnvError.is(error)) return { delivered: false, reason: error.message };
    throw error;
  }
}

/** A URL is only known to be one when its secret is filled in. */
function withUrl(make: () => WebhookRequest): WebhookRequest {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Its message has the URL.
    throw new AppEnvError("INVALID_OPTION", "Its URL is no http or https URL once its variables are filled in.");
  }
}

function hiddenOfSmtp({ delivery }: OutgoingNotification): readonly string[] {
  if (delivery.kind !== "email") return [];
  try {
    return smtpSettings().hidden;
  } catch {
    return [];
  }
}
