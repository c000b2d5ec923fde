import { describe } from "vitest";
import type { AdapterUnderTest } from "./adapter-under-test.ts";
import { authTests } from "./auth-tests.ts";
import { docsTests } from "./docs-tests.ts";
import { drainTests } from "./drain-tests.ts";
import { environmentTests } from "./environment-tests.ts";
import { extensionTests } from "./extension-tests.ts";
import { healthTests } from "./health-tests.ts";
import { limitTests } from "./limit-tests.ts";
import { requestTests } from "./request-tests.ts";
import { socketTests } from "./socket-tests.ts";
import { spanTests } from "./span-tests.ts";
import { validationTests } from "./validation-tests.ts";

/** The behaviour every adapter has: call it in a test file of the adapter. */
export function adapterTests(adapter: AdapterUnderTest): void {
  describe(`${adapter.name} behaves as every adapter`, () => {
    describe("its environment", () => {
      environmentTests(adapter);
    });
    describe("requests", () => {
      requestTests(adapter);
    });
    describe("health", () => {
      healthTests(adapter);
    });
    describe("auth", () => {
      authTests(adapter);
    });
    describe("docs", () => {
      docsTests(adapter);
    });
    describe("validation", () => {
      validationTests(adapter);
    });
    describe("limits", () => {
      limitTests(adapter);
    });
    describe("sockets", () => {
      socketTests(adapter);
    });
    describe("spans", () => {
      spanTests(adapter);
    });
    describe("an extension beside it", () => {
      extensionTests(adapter);
    });
    describe("drain", () => {
      drainTests(adapter);
    });
  });
}
