import { createHmac } from "node:crypto";
import { serveForTest } from "@appenv-internal/conformance";
import { describe, expect, test, vi } from "vitest";
import {
  github,
  hmac,
  slack,
  standardWebhooks,
  stripe,
  webhook,
  type SecretsOption,
  type WebhookSource,
} from "../src/index.ts";
import { secret as good } from "./support/signed.ts";
import { plainApp } from "./support/plain-app.ts";

const sources: Readonly<Record<string, (secret: SecretsOption) => WebhookSource>> = {
  github: (secret) => github({ secret }),
  stripe: (secret) => stripe({ secret }),
  slack: (secret) => slack({ secret }),
  standard: (secret) => standardWebhooks({ secret }),
  shop: (secret) => hmac({ name: "shop", secret, header: "X-Sign" }),
  own: (secret) => ({ ...github({ secret }), name: "own" }),
};

function serve(source: WebhookSource): ReturnType<typeof serveForTest> {
  const env = plainApp();
  env.mount(webhook(source, () => undefined));
  return serveForTest(env);
}

describe.each(Object.entries(sources))("%s", (name, source) => {
  test.each([
    ...[" ", "whsec_", "\n"].map((value) => [value, "MISSING_SECRET"] as const),
    ...["whsec_***", "changeme", "your-secret-here", "undefined", "<secret>"].map(
      (value) => [value, "INVALID_OPTION"] as const,
    ),
  ])("does not start with the secret %j, however it is given", async (value, code) => {
    vi.stubEnv("HOOK_SECRET", value);
    for (const given of ["HOOK_SECRET", () => value, [() => good, "HOOK_SECRET"]]) {
      await expect(serve(source(given))).rejects.toMatchObject({ code, message: expect.stringContaining(`'${name}'`) });
    }
  });
});

test.each(["whsec_YQ==", "it is not base64 at all", "!!!!", "whsec_whsec_c2VjcmV0", "AAAA"])(
  "a secret of Standard Webhooks that decodes to less than a key is refused: %j",
  async (value) => {
    const refusal = serve(standardWebhooks({ secret: () => value }));
    await expect(refusal).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.not.stringContaining(value),
    });
  },
);

test("a secret given in the place of a name stands in no error", async () => {
  const refusal = serve(github({ secret: "s3cr3t-of-the-sender" }));
  await expect(refusal).rejects.toMatchObject({
    code: "MISSING_SECRET",
    message: expect.stringMatching(/^(?!.*s3cr3t).*takes a name, not a value/),
  });
});

test("a secret that becomes unusable while the app runs lets nothing pass", async () => {
  let value = `whsec_${good}`;
  const { fetch } = await serve(standardWebhooks({ secret: () => value }));
  const send = async (key: Buffer): Promise<number> => {
    const [body, time] = ["{}", String(Math.floor(Date.now() / 1_000))];
    const signature = createHmac("sha256", key).update(`m.${time}.${body}`).digest("base64");
    const headers = { "webhook-id": "m", "webhook-timestamp": time, "webhook-signature": `v1,${signature}` };
    return (await fetch("/webhooks/standard", { method: "POST", body, headers })).status;
  };
  const empty = Buffer.alloc(0);
  expect(await send(empty)).toBe(401);
  for (value of ["whsec_", "whsec_***", ""]) expect(await send(empty)).toBe(500);
  value = good;
  expect(await send(Buffer.from(good, "base64"))).toBe(204);
});
