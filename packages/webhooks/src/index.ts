export { webhook } from "./webhook/webhook.ts";
export type { WebhookHandler, WebhookOptions } from "./webhook/options.ts";
export type { EventOf, PayloadSchemas } from "./webhook/payloads.ts";
export type { EventRunArguments, EventRunOptions, WebhookEvent } from "./webhook/event.ts";
export { github } from "./sources/github.ts";
export { hmac, type HmacOptions } from "./sources/hmac.ts";
export { slack } from "./sources/slack.ts";
export { standardWebhooks } from "./sources/standard-webhooks.ts";
export { stripe } from "./sources/stripe.ts";
export type { SignatureEncoding } from "./sources/signature.ts";
export type {
  DeliveryInfo,
  RawDelivery,
  SecretOption,
  SecretsOption,
  SourceOptions,
  TimedSourceOptions,
  WebhookSource,
} from "./sources/source.ts";
export type { RateLimitOptions } from "./http/rate-limiter.ts";
export { WebhookAppEnvironment, type WebhookAppEnvironmentOptions } from "./webhook-app/webhook-app-environment.ts";
export type { EndpointGroup, EndpointId } from "./webhook-app/endpoint.ts";
export { exposeRuns, type ExposeRunsOptions } from "./tasks/expose-runs.ts";
export { exposeTask, type ExposeTaskOptions } from "./tasks/expose-task.ts";
