/** The phases at the end of a run that can be notified of. Source: Flyte's `flyte.notify`. */
export type NotifiedPhase = "SUCCEEDED" | "FAILED" | "ABORTED" | "TIMED_OUT";

/** The methods of HTTP that a webhook can be sent with: those of Flyte that can have an effect. */
export type WebhookMethod = "POST" | "PUT" | "PATCH" | "GET" | "DELETE";

/** A request to an HTTP endpoint, as templates. Source: Flyte's `WebhookDeliveryTemplate`. */
export interface WebhookDelivery {
  readonly kind: "webhook";
  readonly url: string;
  readonly method: WebhookMethod;
  readonly headers: Readonly<Record<string, string>>;
  /** Texts inside JSON are filled in as JSON; empty: no body. */
  readonly body: string;
}

/** An email, as templates. Source: Flyte's `EmailDeliveryTemplate`. */
export interface EmailDelivery {
  readonly kind: "email";
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Unset: plain text only. */
  readonly html?: string;
}

/**
 * A notification of a run: the phases it is sent for, and its way. Made by `webhook`, `slack`, `teams` and `email`.
 * Source: Flyte's `InlineRule`.
 */
export interface NotificationRule {
  readonly on: readonly NotifiedPhase[];
  readonly delivery: WebhookDelivery | EmailDelivery;
}
