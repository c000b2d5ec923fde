import { create } from "@bufbuild/protobuf";
import { webhook, type NotificationRule } from "@appenv/core";
import { CreateRunRequestSchema, toNotificationSettings } from "@appenv/protocol/tasks";
import { expect, test } from "vitest";
import { mayRun } from "../../src/api/access/authority.ts";

const id = { project: "shop", domain: "production", name: "env.task", version: "" };
const url = "https://example.com";

function runWith(rule: NotificationRule): () => void {
  const request = create(CreateRunRequestSchema, {
    id: { case: "projectId", value: { name: id.project, domain: id.domain } },
    task: { case: "taskId", value: id },
    runSpec: { notificationSettings: toNotificationSettings([rule]) },
  });
  const app = { kind: "app", subject: "app:shop", project: id.project, domain: id.domain } as const;
  return () => mayRun(app, request);
}

test("an app's call has no secret sent that the app was not given, wherever it is named", () => {
  expect(runWith(webhook({ on: "FAILED", url }))).not.toThrow();
  const refused = expect.objectContaining({ code: "PERMISSION_DENIED" }) as never;
  const headers = { "x-key": "{{ .Secret.KEY }}" };
  expect(runWith(webhook({ on: "FAILED", url, headers }))).toThrowError(refused);
  expect(runWith(webhook({ on: "FAILED", url: "{{.Secret.KEY}}" }))).toThrowError(refused);
});
