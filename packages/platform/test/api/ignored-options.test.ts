import { join } from "node:path";
import { AppEnvironment, Image, TaskEnvironment } from "@appenv/core";
import { expect, onTestFinished, test } from "vitest";
import { ignoredOptionsNote } from "../../../client/src/serve/ignored-options.ts";
import type { ControlPlane } from "../../../client/src/control-plane/control-plane.ts";
import { startPlatform } from "../../src/index.ts";
import { ignoredOptions } from "../../src/api/ignored-options.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const command = "sleep 1";

test("the note of a served environment names each option that this platform does not honour", async () => {
  const platform = await startPlatform({ home: join(tempDirectory(), ".appenv"), port: 0 });
  onTestFinished(() => platform.close());
  const controlPlane = { embedded: true, endpoint: platform.endpoint } as ControlPlane;
  const all = new AppEnvironment({
    name: "all",
    command,
    image: new Image("registry.example/app:1"),
    resources: { cpu: 1, memory: "1Gi", gpu: 1, disk: "10Gi", shm: "1Gi" },
    podTemplate: "large",
    interruptible: true,
    clusterPool: "gpus",
    domain: { subdomain: "all" },
  });
  const note = await ignoredOptionsNote([all], controlPlane);
  const named = [...(note ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(ignoredOptions.toSorted());
  expect(note).toMatch(/^Not honoured on this machine, only on a cluster: .* of 'all'\.$/);
  const tasks = new TaskEnvironment({ name: "tasks" });
  tasks.task({ name: "spot", interruptible: true }, () => {});
  const some = new AppEnvironment({ name: "some", command, resources: { cpu: 1 } });
  expect(await ignoredOptionsNote([tasks, some], controlPlane)).toContain(
    "`interruptible` of 'tasks'; `resources.cpu` of 'some'",
  );
  const none = new AppEnvironment({ name: "none", command, resources: { memory: "1Gi" } });
  expect(await ignoredOptionsNote([none], controlPlane)).toBeUndefined();
  const onCluster = await ignoredOptionsNote([all, none], { ...controlPlane, embedded: false });
  expect(onCluster).toContain("`podTemplate` of 'all' (the backend takes none by name)");
  expect(onCluster).not.toContain("resources.cpu");
});
