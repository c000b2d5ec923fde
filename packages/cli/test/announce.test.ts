import type { App } from "@appenv/client";
import { AppEnvironment } from "@appenv/core";
import { expect, test } from "vitest";
import type { Output } from "../src/output/output.ts";
import { announce } from "../src/serve/client/announce.ts";

function notesOf(revision: number): readonly string[] {
  const said: string[] = [];
  const app = { name: "orders", endpoint: "https://orders.example.com", url: "", revision } as App;
  const output = { result: () => {}, note: (text: string) => said.push(text) } as unknown as Output;
  announce(app, new AppEnvironment({ name: "orders", command: "sleep 1" }), output);
  return said;
}

test("callers of an app are told of the keys that its control plane has", () => {
  expect(notesOf(1)).toEqual([expect.stringContaining("`appenv create api-key NAME` makes one")]);
  // A cluster has no revisions that it tells of, and no keys.
  expect(notesOf(0)).toEqual([expect.stringContaining("APPENV_API_KEYS")]);
});
