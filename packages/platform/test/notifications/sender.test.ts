import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { email, slack, webhook, type NotificationRule } from "@appenv/core";
import type { OutgoingNotification, SendResult } from "@appenv/engine";
import { SMTPServer } from "smtp-server";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { checkRules } from "../../src/notifications/check-rules.ts";
import { createNotificationSender } from "../../src/notifications/sender.ts";

afterEach(() => vi.unstubAllEnvs());

const error = 'It said "no",\nand left.';

function sent(rule: NotificationRule): OutgoingNotification {
  const run = { project: "shop", domain: "production", run: "r1" };
  return { id: "msg_1", run, phase: "FAILED", error, createdAt: new Date(), delivery: rule.delivery };
}

function send(rule: NotificationRule, secrets: Readonly<Record<string, string>> = {}): Promise<SendResult> {
  const find = (_: unknown, name: string): Buffer | undefined =>
    secrets[name] === undefined ? undefined : Buffer.from(secrets[name]);
  const sender = createNotificationSender({ secrets: { find }, endpoint: "http://localhost:7070" });
  return sender.send(sent(rule), new AbortController().signal);
}

interface Got {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver on a port of this machine. */
async function receive(
  answer: (response: ServerResponse) => void,
): Promise<{ readonly url: string; readonly got: Got[] }> {
  const got: Got[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url, headers } = request;
    got.push({ method, url, headers, body: await text(request) });
    answer(response);
  };
  const server = createServer((request, response) => void take(request, response));
  return { url: await listen(server), got };
}

async function listen(server: Server): Promise<string> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a webhook is sent with its texts filled in, as JSON, in headers and in the URL", async () => {
  const { url, got } = await receive((response) => response.writeHead(204).end());
  const rule = webhook({
    on: "FAILED",
    url: `${url}/{{.Run.Project}}/x?why={{.Error}}`,
    headers: { authorization: "Bearer {{.Secret.TOKEN}}", "x-why": "{{.Error}}" },
    body: { text: "{{.Phase}}: {{ .Error }}", at: ["{{.Run.Url}}", 1, null] },
  });
  expect(await send(rule, { TOKEN: "s3cret\n" })).toEqual({ delivered: true });
  expect(got[0]).toMatchObject({
    method: "POST",
    url: `/shop/x?why=${encodeURIComponent(error)}`,
    headers: { authorization: "Bearer s3cret", "x-why": 'It said "no", and left.', "webhook-id": "msg_1" },
  });
  expect(JSON.parse(got[0]?.body ?? "")).toEqual({
    text: `FAILED: ${error}`,
    at: ["http://localhost:7070/v2/domain/production/project/shop/runs/r1", 1, null],
  });

  // The whole URL may be a secret, and hold a password; the page of a run has the URL that people know.
  vi.stubEnv("APPENV_PUBLIC_URL", "https://appenv.example.com/");
  const secret = url.replace("//", "//me:p%40ss@");
  const message = slack({ on: "FAILED", webhookUrl: "{{.Secret.HOOK}}", message: "see {{.Run.Url}}" });
  expect(await send(message, { HOOK: secret })).toEqual({ delivered: true });
  expect(got[1]?.headers.authorization).toBe(`Basic ${btoa("me:p@ss")}`);
  expect(got[1]?.headers["content-type"]).toBe("application/json");
  expect(got[1]?.body).toContain("https://appenv.example.com/v2/domain/production/project/shop/runs/r1");
});

test("a reason says what went wrong, without secrets, and is short", async () => {
  const answers: ((response: ServerResponse) => void)[] = [
    (response) => response.writeHead(500).end(`no s3cret here ${"x".repeat(100_000)}`),
    (response) => response.writeHead(302, { location: "http://127.0.0.1:1/elsewhere" }).end(),
    (response) => response.writeHead(410).end(),
    (response) => response.writeHead(429, { "retry-after": "7" }).end(),
  ];
  const { url, got } = await receive((response) => answers[got.length - 1]?.(response));
  const rule = webhook({ on: "FAILED", url: `${url}/{{.Secret.TOKEN}}` });
  const secrets = { TOKEN: "s3cret" };
  const failed = await send(rule, secrets);
  expect(failed).toMatchObject({
    delivered: false,
    final: false,
    reason: expect.stringMatching(/^It answered 500: no \*\*\* here x+\.$/) as string,
  });
  expect(JSON.stringify(failed).length).toBeLessThan(400);
  expect(await send(rule, secrets)).toMatchObject({
    delivered: false,
    reason: expect.stringContaining("redirect") as string,
  });
  expect(await send(rule, secrets)).toMatchObject({ delivered: false, final: true });
  expect(await send(rule, secrets)).toMatchObject({ delivered: false, retryAfterMs: 7_000 });
  expect(got).toHaveLength(4);

  expect(await send(rule)).toEqual({ delivered: false, reason: "There is no secret 'TOKEN' for shop/production." });
  const nowhere = await send(webhook({ on: "FAILED", url: "{{.Secret.TOKEN}}" }), secrets);
  expect(nowhere).toMatchObject({ reason: expect.stringContaining("no http or https URL") as string });
  expect(JSON.stringify(nowhere)).not.toContain("s3cret");
  expect(await send(webhook({ on: "FAILED", url: "http://127.0.0.1:1/" }))).toMatchObject({ delivered: false });
});

test("an email is sent by the server of the platform, and refused where there is none", async () => {
  const rule = email({
    on: "FAILED",
    recipients: ["team@example.com"],
    bcc: ["boss@example.com"],
    htmlBody: "<b>{{.Error}}</b>",
  });
  vi.stubEnv("APPENV_SMTP_URL", "");
  expect(() => checkRules([rule], "task 't'")).toThrowError(
    expect.objectContaining({
      code: "UNSUPPORTED",
      fix: expect.stringContaining("APPENV_SMTP_URL=smtp") as string,
    }) as never,
  );
  const mails: { readonly to: readonly string[]; readonly text: string }[] = [];
  const take = async (stream: Readable, to: readonly { readonly address: string }[]): Promise<void> => {
    mails.push({ to: to.map(({ address }) => address), text: await text(stream) });
  };
  let refuses = false;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: ({ password }, _, done) => done(null, { user: password }),
    onMailFrom: (_, __, done) => done(refuses ? new Error("5.7.1 not for p4ssword") : null),
    onData: (stream, { envelope }, done) => void take(stream, envelope.rcptTo).finally(() => done()),
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const { port } = server.server.address() as AddressInfo;
  vi.stubEnv("APPENV_SMTP_URL", `smtp://me:p4ssword@127.0.0.1:${port}?from=appenv@example.com`);
  checkRules([rule], "task 't'");
  expect(await send(rule)).toEqual({ delivered: true });
  expect(mails[0]?.to).toEqual(["team@example.com", "boss@example.com"]);
  expect(mails[0]?.text).toContain("Subject: Run r1 FAILED");
  expect(mails[0]?.text).toContain("Message-ID: <msg_1@appenv>");
  expect(mails[0]?.text).toContain("From: appenv@example.com");
  expect(mails[0]?.text).toContain("<b>It said &#34;no&#34;");
  expect(mails[0]?.text).not.toContain("boss@example.com");
  refuses = true;
  const failed = await send(rule);
  expect(failed).toMatchObject({ delivered: false, reason: expect.stringContaining("not for ***") as string });
});
