import { deploy } from "@appenv/client";
import { isEnvironment } from "@appenv/core";
import { afterAll, beforeAll, describe } from "vitest";
import { appTests } from "./app-tests.ts";
import type { ControlPlaneUnderTest, StartedControlPlane } from "./control-plane.ts";
import { identityTests } from "./identity-tests.ts";
import { listTests } from "./list-tests.ts";
import { linkTests } from "./link-tests.ts";
import { runTests } from "./run-tests.ts";
import { loadShop } from "./shop.ts";
import type { Started } from "./started.ts";
import { triggerTests } from "./trigger-tests.ts";

/** One behaviour suite for every control plane, by the client that people use. */
export function platformTests(tested: ControlPlaneUnderTest): void {
  describe(`on ${tested.name}`, () => {
    let started: StartedControlPlane | undefined;
    const shared: Started = {
      get at() {
        return { endpoint: this.controlPlane.endpoint };
      },
      get controlPlane() {
        if (started === undefined) throw new Error(`${tested.name} was not started`);
        return started;
      },
    };
    beforeAll(async () => {
      started = await tested.start();
      await deploy(
        [...(await loadShop()).environments.values()].filter((each) => isEnvironment(each, "task")),
        shared.at,
      );
    });
    afterAll(async () => {
      await started?.close();
    });
    runTests(shared, tested.abilities);
    linkTests(shared, tested.abilities);
    identityTests(shared, tested.abilities);
    listTests(shared, tested.abilities);
    triggerTests(shared, tested.abilities);
    appTests(shared);
  });
}
