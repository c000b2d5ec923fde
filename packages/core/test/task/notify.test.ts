import { describe, expect, it } from "vitest";
import { cron, email, slack, TaskEnvironment, teams, webhook } from "../../src/index.ts";

const url = "https://hooks.example.com/x";

describe("notify", () => {
  it("has Flyte's texts", () => {
    expect(slack({ on: "FAILED", webhookUrl: url })).toEqual({
      on: ["FAILED"],
      delivery: {
        kind: "webhook",
        url,
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: '{"text":"Run: {{.Run.Name}} finished with phase {{.Phase}}\\n | {{.Run.Project}}/{{.Run.Domain}}\\n"}',
      },
    });
    expect(slack({ on: "FAILED", webhookUrl: url, blocks: [{ type: "divider" }] }).delivery).toMatchObject({
      body: '{"blocks":[{"type":"divider"}]}',
    });
    expect(teams({ on: "FAILED", webhookUrl: url, message: "m" }).delivery).toMatchObject({
      body: '{"title":"Run {{.Run.Name}} {{.Phase}}","text":"m"}',
    });
    expect(email({ on: ["FAILED", "FAILED"], recipients: ["a@example.com"] })).toMatchObject({
      on: ["FAILED"],
      delivery: {
        subject: "Run {{.Run.Name}} {{.Phase}}",
        text: expect.stringContaining("Error: {{.Error}}\n") as string,
      },
    });
  });

  it.each<[string, () => unknown, string]>([
    ["a phase that is no end", () => webhook({ on: "RUNNING" as never, url }), "webhook.on"],
    ["no phase", () => slack({ on: [], webhookUrl: url }), "slack.on"],
    ["a URL of another kind", () => webhook({ on: "FAILED", url: "ftp://example.com" }), "webhook.url"],
    [
      "a host that only a variable states",
      () => webhook({ on: "FAILED", url: "https://{{.Run.Name}}/" }),
      "webhook.url",
    ],
    ["a variable that there is not", () => webhook({ on: "FAILED", url, body: { a: "{{.Run.Id}}" } }), "Run.Id"],
    [
      "a secret that people would read",
      () => slack({ on: "FAILED", webhookUrl: url, message: "{{.Secret.X}}" }),
      "secret",
    ],
    ["a header of two lines", () => webhook({ on: "FAILED", url, headers: { "x-a": "b\nc" } }), "x-a"],
    ["the platform's own header", () => webhook({ on: "FAILED", url, headers: { "Webhook-Id": "1" } }), "Webhook-Id"],
    ["a body with GET", () => webhook({ on: "FAILED", url, method: "GET", body: {} }), "webhook.body"],
    ["no recipient", () => email({ on: "FAILED", recipients: [] }), "recipients"],
    ["a recipient with a line break", () => email({ on: "FAILED", recipients: ["a@b.c\nbcc: d@e.f"] }), "recipients"],
    ["an option that there is not", () => webhook({ on: "FAILED", url, to: "x" } as never), "'to'"],
  ])("refuses %s", (_what, make, text) => {
    expect(make).toThrowError(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(text) as string }) as never,
    );
  });

  it("says nothing of a URL or a header that is refused", () => {
    expect(() => webhook({ on: "FAILED", url: "password://x" })).toThrowError(
      expect.objectContaining({ message: expect.not.stringContaining("password") as string }) as never,
    );
  });

  it("belongs to tasks and triggers", () => {
    const env = new TaskEnvironment({ name: "e" });
    const notify = [webhook({ on: "FAILED", url })];
    const trigger = { name: "daily", automation: cron("@daily"), notify };
    const task = env.task({ name: "t", notify, triggers: [trigger] }, () => {});
    expect(task.settings.notify).toEqual(notify);
    expect(task.triggers[0]?.notify).toEqual(notify);
    expect(() => env.task({ name: "u", notify: [{ on: "FAILED" }] as never }, () => {})).toThrowError(
      /notify of task 'u'/,
    );
    const wrong = { ...trigger, notify: "x" as never };
    expect(() => env.task({ name: "v", triggers: [wrong] }, () => {})).toThrowError(/notify of trigger 'daily'/);
  });
});
