import { AppEnvError } from "@appenv/core";

/** The env var of the platform that has its mail server. */
export const smtpVariable: string = "APPENV_SMTP_URL";

/** A mail server, and the address that it sends from. */
export interface SmtpSettings {
  readonly url: string;
  readonly from: string;
  /** Parts that no text for people may have. */
  readonly hidden: readonly string[];
}

/** The mail server of this platform. @throws AppEnvError UNSUPPORTED, which says what to set. */
export function smtpSettings(text: string | undefined = process.env[smtpVariable]): SmtpSettings {
  if (text === undefined || text === "") throw refusal("is not set");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^smtps?:$/.test(url.protocol)) throw refusal("is no URL of smtp or smtps");
  const from = url.searchParams.get("from") ?? decodeURIComponent(url.username);
  if (!/^[^\s@<>]+@[^\s@<>]+$/.test(from)) throw refusal("says no address to send from");
  url.searchParams.delete("from");
  return { url: url.href, from, hidden: [url.password, decodeURIComponent(url.password)] };
}

/** Its value is in no message. */
function refusal(why: string): AppEnvError {
  return new AppEnvError("UNSUPPORTED", `This platform sends no emails: its env var ${smtpVariable} ${why}.`, {
    fix: `Start the platform with ${smtpVariable}=smtp://USER:PASSWORD@HOST:587?from=ADDRESS, or notify by a webhook.`,
  });
}
