import { describe, expect, test } from "vitest";
import { unusableSecret } from "../src/internal.ts";

describe("a text that cannot be a secret", () => {
  test.each(["", " ", "\n\t ", "whsec_", "whsec_ ", "sk_live_", "v0="])("%j is blank", (text) => {
    expect(unusableSecret(text)).toBe("blank");
  });

  test.each([
    "changeme",
    "CHANGE_ME",
    "change-this-in-production",
    "please change me",
    "replace-with-your-key",
    "ReplaceMe",
    "your-secret-here",
    "YOUR_WEBHOOK_SECRET",
    "whsec_your_signing_secret",
    "yoursecret",
    "insert-token-here",
    "secret-goes-here",
    "webhook_secret_here",
    "undefined",
    "null",
    "None",
    "[object Object]",
    "TODO",
    "tbd",
    "<secret>",
    "${GITHUB_WEBHOOK_SECRET}",
    "{{ .Values.secret }}",
    "$SECRET",
    "%SECRET%",
    "placeholder",
    "whsec_***",
    "********",
    "xxxxxxxx",
    "whsec_XXXX",
    "sk_live_****1234",
    "whsec_abc...xyz",
    "whsec_…",
    "••••",
  ])("%j is a placeholder", (text) => {
    expect(unusableSecret(text)).toBe("placeholder");
  });

  test.each([
    "gh",
    "k",
    "It's a Secret to Everybody",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "s3cr3t",
    "hunter2",
    "8f742231b10e8888abcd99yyyzzz85a5",
    "changed my mind about passwords",
    "replacement part 7",
    "your",
    "null and void, said the judge",
    "a..b",
    "<3",
    "price$",
    "enterprise-token",
    "addressbook",
  ])("%j can be one", (text) => {
    expect(unusableSecret(text)).toBeUndefined();
  });
});
