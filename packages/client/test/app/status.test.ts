import { AppSchema } from "@appenv/protocol";
import { phaseStatus, type DeploymentPhase } from "@appenv/protocol/internal";
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { readFailure, readStatus } from "../../src/app/status.ts";

function phaseOf(...conditions: readonly (readonly [DeploymentPhase, revision: number])[]): DeploymentPhase {
  return readStatus(
    create(AppSchema, {
      status: {
        conditions: conditions.map(([phase, revision]) => ({
          deploymentStatus: phaseStatus(phase),
          revision: BigInt(revision),
        })),
      },
    }),
  ).phase;
}

test("the last of a history counts", () => {
  expect(phaseOf(["DEPLOYING", 1], ["ACTIVE", 1], ["STOPPED", 1])).toBe("STOPPED");
  expect(phaseOf(["FAILED", 1], ["DEPLOYING", 2])).toBe("DEPLOYING");
});

test("of the parts of an app on the open-source backend, one that speaks for the whole counts", () => {
  expect(phaseOf(["FAILED", 0], ["DEPLOYING", 0])).toBe("FAILED");
  expect(phaseOf(["PENDING", 0], ["DEPLOYING", 0])).toBe("DEPLOYING");
});

test("an app that waits is not said to be ready", () => {
  const statuses = (["PENDING", "ACTIVE"] as const).map((phase) => {
    const conditions = [{ deploymentStatus: phaseStatus(phase), message: "Service is ready" }];
    return readStatus(create(AppSchema, { status: { conditions } }));
  });
  expect(statuses.map(({ message }) => message)).toEqual(["", "Service is ready"]);
});

test("nothing is known without a condition", () => {
  expect(phaseOf()).toBe("UNSPECIFIED");
});

test("a failure has the code and the fix that stand in its text", () => {
  expect(readFailure("[CRASH_LOOP] It ended.\nFix: Look at its log.")).toMatchObject({
    code: "CRASH_LOOP",
    message: "It ended.",
    fix: "Look at its log.",
  });
  expect(readFailure("[MADE_UP] It ended.")).toMatchObject({ code: "START_FAILED", message: "[MADE_UP] It ended." });
});
