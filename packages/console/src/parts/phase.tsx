import type { JSX } from "preact";
import { Status_DeploymentStatus } from "@appenv/protocol";
import { actionPhaseName, type ActionPhase, type ActionPhaseNumber } from "@appenv/protocol/tasks";
import { now } from "../live/clock.ts";

/** How a phase looks: its colour, and a sign for those who do not see colours. */
interface Look {
  readonly tone: "good" | "bad" | "busy" | "waits" | "quiet";
  readonly sign: string;
  readonly words: string;
}

const phases: Readonly<Record<ActionPhase, Look>> = {
  QUEUED: { tone: "quiet", sign: "◌", words: "queued" },
  WAITING_FOR_RESOURCES: { tone: "quiet", sign: "◌", words: "waits for room" },
  INITIALIZING: { tone: "busy", sign: "◔", words: "starting" },
  RUNNING: { tone: "busy", sign: "●", words: "running" },
  SUCCEEDED: { tone: "good", sign: "✓", words: "succeeded" },
  FAILED: { tone: "bad", sign: "✕", words: "failed" },
  ABORTED: { tone: "quiet", sign: "■", words: "aborted" },
  TIMED_OUT: { tone: "bad", sign: "✕", words: "timed out" },
  PAUSED: { tone: "waits", sign: "◆", words: "paused" },
  RECOVERED: { tone: "good", sign: "↺", words: "recovered" },
};

/** The phase of a run or an action. */
export function Phase({
  of,
  startsAt = 0,
}: {
  readonly of: ActionPhaseNumber | undefined;
  /** The planned start of a run that has not begun, in milliseconds since 1970. */
  readonly startsAt?: number | undefined;
}): JSX.Element {
  const isScheduled = actionPhaseName(of ?? 0) === "QUEUED" && startsAt > now.value;
  return <Badge look={isScheduled ? scheduled : phaseLook(of)} />;
}

/** Its phase is that of others that wait; the sign says for what. */
const scheduled: Look = { ...phases.QUEUED, sign: "◷" };

/** The sign of a phase alone, where there is no room for words. */
export function PhaseSign({ of }: { readonly of: ActionPhaseNumber | undefined }): JSX.Element {
  const { tone, sign, words } = phaseLook(of);
  return (
    <span class={`sign ${tone}`} role="img" aria-label={words} title={words}>
      {sign}
    </span>
  );
}

/** How a phase looks. */
export function phaseLook(of: ActionPhaseNumber | undefined): Look {
  return phases[actionPhaseName(of ?? 0)];
}

const deployments: Readonly<Record<number, Look>> = {
  [Status_DeploymentStatus.ACTIVE]: { tone: "good", sign: "●", words: "active" },
  [Status_DeploymentStatus.FAILED]: { tone: "bad", sign: "✕", words: "failed" },
  [Status_DeploymentStatus.STOPPED]: { tone: "quiet", sign: "■", words: "stopped" },
  [Status_DeploymentStatus.DEPLOYING]: { tone: "busy", sign: "◔", words: "deploying" },
  [Status_DeploymentStatus.PENDING]: { tone: "busy", sign: "◔", words: "pending" },
  [Status_DeploymentStatus.SCALING_UP]: { tone: "busy", sign: "◔", words: "scaling up" },
  [Status_DeploymentStatus.SCALING_DOWN]: { tone: "busy", sign: "◔", words: "scaling down" },
};

/** The phase of an app. */
export function AppPhase({ of }: { readonly of: Status_DeploymentStatus | undefined }): JSX.Element {
  return <Badge look={deployments[of ?? 0] ?? { tone: "quiet", sign: "◌", words: "unknown" }} />;
}

function Badge({ look: { tone, sign, words } }: { readonly look: Look }): JSX.Element {
  return (
    <span class={`phase ${tone}`}>
      <span class="sign" aria-hidden="true">
        {sign}
      </span>{" "}
      {words}
    </span>
  );
}
