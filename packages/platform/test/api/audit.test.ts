import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { effects } from "../../src/api/access/authority-table.ts";
import { send, startApi } from "../support/api.ts";
import { services } from "../support/methods.ts";

const json = { "content-type": "application/json" };

/** Streams and messages that hold other requests: their handlers write these down, which tests of theirs hold. */
const recordedWithin = new Set(["appenv.v1.RunStreamService/Exchange", "appenv.v1.RerunService/RerunFrom"]);

test("every call that changes something is in the log with the name of the key, refused ones too", async () => {
  const api = await startApi();
  const { key } = await api.keys.createApiKey({ name: "ops" });
  const headers = { ...json, authorization: `Bearer ${key}` };
  const changing = services.filter(({ typeName, name }) => effects[typeName]?.[name] === "change");
  expect(changing.length).toBeGreaterThan(25);
  const served: string[] = [];
  for (const { path, methodKind } of changing) {
    const isStream = methodKind !== "unary";
    const { body } = await send(`${api.endpoint}/${path}`, {
      method: "POST",
      headers: { ...headers, "content-type": isStream ? "application/connect+json" : "application/json" },
      body: isStream ? Buffer.concat([Buffer.from([0, 0, 0, 0, 2]), Buffer.from("{}")]) : "{}",
    });
    // A method that is not served changes nothing.
    if (!body.includes("unimplemented") && !recordedWithin.has(path)) served.push(path);
  }
  const lines = readFileSync(join(api.home, "logs", "audit.log"), "utf8").split("\n");
  const recorded = new Set(lines.flatMap((line) => / api-key:ops (\S+)/.exec(line)?.[1] ?? []));
  expect(served.filter((path) => !recorded.has(path))).toEqual([]);
});
