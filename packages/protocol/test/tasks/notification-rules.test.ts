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
