import { Status_DeploymentStatus, type AppMessage } from "@appenv/protocol";
import { appKey } from "../../live/apps.ts";
import { filterText } from "../../parts/text-filter.tsx";
import { readQuery } from "../../route/query.ts";
import { conditionOf } from "../app/condition.ts";

/** The phases that apps can be filtered by; the first one: any. */
export const phaseChoices: readonly (readonly [value: string, words: string])[] = [
  ["", "All"],
  ["active", "Active"],
  ["deploying", "Deploying"],
  ["failed", "Failed"],
  ["stopped", "Stopped"],
];

const phases: Readonly<Record<string, readonly Status_DeploymentStatus[]>> = {
  active: [Status_DeploymentStatus.ACTIVE],
  deploying: [
    Status_DeploymentStatus.PENDING,
    Status_DeploymentStatus.DEPLOYING,
    Status_DeploymentStatus.SCALING_UP,
    Status_DeploymentStatus.SCALING_DOWN,
  ],
  failed: [Status_DeploymentStatus.FAILED],
  stopped: [Status_DeploymentStatus.STOPPED],
};

/** The apps that meet the filters in the URL. */
export function filtered(apps: Iterable<AppMessage>): readonly AppMessage[] {
  const wanted = phases[readQuery("phase")];
  const text = filterText();
  return [...apps].filter((app) => {
    const phase = conditionOf(app)?.deploymentStatus ?? Status_DeploymentStatus.UNSPECIFIED;
    return (wanted?.includes(phase) ?? true) && appKey(app).toLowerCase().includes(text);
  });
}
