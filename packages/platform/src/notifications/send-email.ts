import type { EmailDelivery } from "@appenv/core";
import type { OutgoingNotification, SendResult } from "@appenv/engine";
import type { SmtpSettings } from "./smtp-settings.ts";
import type { TemplateValues } from "./values.ts";

/** Time limit of each step of the conversation, in milliseconds: less than that of an attempt. */
const stepMs = 9_000;
const mostShown = 200;

/** Sends an email, once. Its reason may hold what the server says. */
export async function sendEmail(
  { id, createdAt }: Pick<OutgoingNotification, "id" | "createdAt">,
  delivery: EmailDelivery,
  values: TemplateValues,
  { url, from }: SmtpSettings,
  signal: AbortSignal,
): Promise<SendResult> {
  // Whoever sends no emails does not load it.
  const { createTransport } = await import("nodemailer");
  const limits = { connectionTimeout: stepMs, greetingTimeout: stepMs, socketTimeout: stepMs };
  const transport = createTransport({ url, ...limits, disableFileAccess: true, disableUrlAccess: true });
  const close = (): void => transport.close();
  signal.addEventListener("abort", close, { once: true });
  const { to, cc, bcc, subject, text, html } = delivery;
  try {
    await transport.sendMail({
      from,
      to: [...to],
      cc: [...cc],
      bcc: [...bcc],
      subject: values.fill(subject).replaceAll(/\s+/g, " "),
      text: values.fill(text),
      ...(html === undefined ? {} : { html: values.fill(html, escapeHtml) }),
      date: createdAt,
      // The same when it is sent again.
      messageId: `<${id}@appenv>`,
    });
    return { delivered: true };
  } catch (error) {
    return { delivered: false, reason: reasonOf(error) };
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

function reasonOf(error: unknown): string {
  const { code = "", response = "" } = error as { readonly code?: string; readonly response?: string };
  const shown = String(response).split("\n", 1)[0]?.slice(0, mostShown) ?? "";
  return shown === "" ? `The mail server did not take it: ${code || "Error"}.` : `The mail server answered: ${shown}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
