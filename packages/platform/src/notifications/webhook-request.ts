import type { WebhookDelivery } from "@appenv/core";
import type { TemplateValues } from "./values.ts";

/** A request, with its templates filled in. */
export interface WebhookRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;
}

/** Makes the request of a webhook. @throws MissingSecret. @throws AppEnvError SECRET_UNREADABLE. @throws TypeError of a URL that is none. */
export function webhookRequest(
  delivery: WebhookDelivery,
  id: string,
  values: TemplateValues,
  now: Date,
): WebhookRequest {
  const url = new URL(values.fill(delivery.url, encodeURIComponent));
  if (!/^https?:$/.test(url.protocol)) throw new TypeError("It is neither http nor https.");
  const headers = new Headers(
    Object.entries(delivery.headers).map(([name, value]) => [name, headerText(values.fill(value))]),
  );
  const parsed = parseJson(delivery.body);
  const body = parsed === undefined ? values.fill(delivery.body) : JSON.stringify(fillAll(parsed, values));
  if (!headers.has("content-type") && parsed !== undefined) headers.set("content-type", "application/json");
  if (!headers.has("user-agent")) headers.set("user-agent", "appenv");
  // As Standard Webhooks names them: receivers drop an id that they have had.
  headers.set("webhook-id", id);
  headers.set("webhook-timestamp", String(Math.floor(now.getTime() / 1_000)));
  moveCredentials(url, headers);
  return { url: url.href, method: delivery.method, headers, body: body === "" ? undefined : body };
}

/** `fetch` takes none in a URL. */
function moveCredentials(url: URL, headers: Headers): void {
  const { username, password } = url;
  if (username === "" && password === "") return;
  url.username = "";
  url.password = "";
  if (headers.has("authorization")) return;
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  headers.set("authorization", `Basic ${Buffer.from(text).toString("base64")}`);
}

/** A header has one line, of characters of one byte. */
function headerText(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ").replaceAll(/[^ -~\u00a0-\u00ff]/g, "?");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Fills in the texts inside a value: an error with quotes stays one text. */
function fillAll(value: unknown, values: TemplateValues): unknown {
  if (typeof value === "string") return values.fill(value);
  if (Array.isArray(value)) return value.map((item) => fillAll(item, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillAll(item, values)]));
}
