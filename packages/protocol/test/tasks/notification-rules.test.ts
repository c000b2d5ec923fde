import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { email, slack, teams, webhook, type NotificationRule } from "@appenv/core";
import { describe, expect, it } from "vitest";
import {
  fromNotificationSettings,
  fromRunSpec,
  RunSpecSchema,
  toRunSpec,
  type RunSpec,
} from "../../src/tasks/index.ts";

const rules: readonly NotificationRule[] = [
  webhook({ on: "FAILED", url: "https://example.com/{{.Run.Name}}", headers: { "x-key": "{{.Secret.KEY}}" } }),
  webhook({ on: ["SUCCEEDED", "ABORTED"], url: "http://example.com", method: "GET" }),
  slack({ on: "TIMED_OUT", webhookUrl: "{{.Secret.SLACK}}", message: "{{.Error}}" }),
  teams({ on: "FAILED", webhookUrl: "https://teams.example.com" }),
  email({ on: "FAILED", recipients: ["a@example.com"], cc: ["b@example.com"], bcc: ["c@example.com"] }),
  email({ on: "FAILED", recipients: ["a@example.com"], htmlBody: "<b>{{.Phase}}</b>" }),
];

// `RunSpec` as flyte.notify writes it: Slack, Teams, Webhook and Email with their defaults.
const fromPython = [
  "WoEGCrABCgEGGqoBCqcBChtodHRwczovL2hvb2tzLmV4YW1wbGUuY29tL3gQAxogCgxDb250ZW50LVR5cGUSEGFwcGxpY2F0aW9u",
  "L2pzb24iZHsidGV4dCI6ICJSdW46IHt7LlJ1bi5OYW1lfX0gZmluaXNoZWQgd2l0aCBwaGFzZSB7ey5QaGFzZX19XG4gfCB7ey5S",
  "dW4uUHJvamVjdH19L3t7LlJ1bi5Eb21haW59fVxuIn0K6gEKAQca5AEK4QEKF2h0dHBzOi8vdC5leGFtcGxlLmNvbS94EAMaIAoM",
  "Q29udGVudC1UeXBlEhBhcHBsaWNhdGlvbi9qc29uIqEBeyJ0aXRsZSI6ICJSdW4ge3suUnVuLk5hbWV9fSB7ey5QaGFzZX19Iiwg",
  "InRleHQiOiAiUnVuOiB7ey5SdW4uTmFtZX19XG5Qcm9qZWN0L0RvbWFpbjoge3suUnVuLlByb2plY3R9fS97ey5SdW4uRG9tYWlu",
  "fX1cblBoYXNlOiB7ey5QaGFzZX19XG5FcnJvcjoge3suRXJyb3J9fVxuIn0KqAEKAgUIGqEBCp4BChVodHRwczovL2UuZXhhbXBs",
  "ZS5jb20QAyKCAXsicnVuIjogInt7LlJ1bi5OYW1lfX0iLCAicHJvamVjdCI6ICJ7ey5SdW4uUHJvamVjdH19IiwgImRvbWFpbiI6",
  "ICJ7ey5SdW4uRG9tYWlufX0iLCAicGhhc2UiOiAie3suUGhhc2V9fSIsICJlcnJvciI6ICJ7ey5FcnJvcn19In0KswEKAQYarQES",
  "qgEKDxINYUBleGFtcGxlLmNvbSKWAQocUnVuIHt7LlJ1bi5OYW1lfX0ge3suUGhhc2V9fRIMTm8gSFRNTCBib2R5GmhSdW46IHt7",
  "LlJ1bi5OYW1lfX0KUHJvamVjdC9Eb21haW46IHt7LlJ1bi5Qcm9qZWN0fX0ve3suUnVuLkRvbWFpbn19ClBoYXNlOiB7ey5QaGFz",
  "ZX19CkVycm9yOiB7ey5FcnJvcn19Cg==",
].join("");

function through(notify: readonly NotificationRule[] | undefined): readonly NotificationRule[] | undefined {
  const settings = { labels: {}, annotations: {}, envVars: {}, overwriteCache: false, ...(notify && { notify }) };
  return fromRunSpec(fromBinary(RunSpecSchema, toBinary(RunSpecSchema, toRunSpec(settings)))).notify;
}

describe("notifications in Flyte's RunSpec", () => {
  it("come back as they were; none is not the same as those of the task", () => {
    expect(through(rules)).toEqual(rules);
    expect(through([])).toEqual([]);
    expect(through(undefined)).toBeUndefined();
  });

  it("are those of Flyte's Python client", () => {
    const url = "https://hooks.example.com/x";
    const own = [
      slack({ on: "FAILED", webhookUrl: url }),
      teams({ on: "ABORTED", webhookUrl: "https://t.example.com/x" }),
      webhook({ on: ["SUCCEEDED", "TIMED_OUT"], url: "https://e.example.com" }),
      email({ on: "FAILED", recipients: ["a@example.com"] }),
    ];
    const read = fromRunSpec(fromBinary(RunSpecSchema, Buffer.from(fromPython, "base64"))).notify ?? [];
    expect(read.map(plain)).toEqual(own.map(plain));
  });

  it.each<[string, RunSpec["notificationSettings"] | object, string]>([
    ["a named rule", { case: "notificationRuleName", value: "oncall" }, "UNSUPPORTED"],
    ["a named delivery", one({ case: "deliveryConfigName", value: "slack" }), "UNSUPPORTED"],
    [
      "a template of a provider",
      one({
        case: "deliveryTemplate",
        value: {
          email: {
            to: [{ address: "a@example.com" }],
            content: { case: "providerTemplate", value: { templateId: "t" } },
          },
        },
      }),
      "UNSUPPORTED",
    ],
    ["a rule without a delivery", one({ case: undefined }), "INVALID_OPTION"],
    ["a variable that there is not", one(to("https://example.com/{{.Nothing}}")), "INVALID_OPTION"],
    ["a file", one(to("file:///etc/passwd")), "INVALID_OPTION"],
    ["a phase that is no end", one(to("https://example.com"), 4), "INVALID_OPTION"],
  ])("refuses %s", (_what, notificationSettings, code) => {
    const spec = create(RunSpecSchema, { notificationSettings } as never);
    expect(() => fromNotificationSettings(spec.notificationSettings)).toThrowError(
      expect.objectContaining({ code }) as never,
    );
  });
});

function to(url: string): object {
  return { case: "deliveryTemplate", value: { webhook: { url } } };
}

function one(delivery: object, phase = 6): object {
  return { case: "notificationRules", value: { rules: [{ onPhases: [phase], delivery }] } };
}

/** A rule as it is sent: the platform itself states the type of a body that is JSON, where a rule does not. */
function plain({ on, delivery }: NotificationRule): object {
  if (delivery.kind === "email") return { on, ...delivery };
  return { on, ...delivery, headers: {}, body: JSON.parse(delivery.body) as unknown };
}
