import { AppEnvError } from "@appenv/core";
import {
  type AppId,
  type AppMessage,
  type Container,
  type Spec,
  Spec_DesiredState,
  SpecSchema,
} from "@appenv/protocol";
import { containerOf } from "@appenv/protocol/internal";
import { equals } from "@bufbuild/protobuf";
import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { type AppStatus, isActive, isStopped, readStatus } from "./status.ts";

/**
 * A change of an app on a cluster, which is over when a status is of the new revision. The open-source backend does not say
 * whose a status is: right after a redeploy it is that of the revision before, until Knative has seen the new definition.
 */
export class Rollout {
  readonly #id: AppId;
  readonly #before: AppMessage | undefined;
  readonly #spec: Spec;
  #isSeen: boolean;
  /** True when the control plane has shown the definition that was asked for. */
  #isAccepted = false;

  /** @param before - The app before the change; undefined if there was none. @param spec - What was asked for. */
  constructor(id: AppId, before: AppMessage | undefined, spec: Spec) {
    this.#id = id;
    this.#before = before;
    this.#spec = spec;
    this.#isSeen = before === undefined;
  }

  /**
   * True if a status after the change may be of the old revision without any sign of it: the definition is the same, so that
   * the backend does nothing; or an earlier change was not over.
   */
  get isAmbiguous(): boolean {
    const before = this.#before;
    if (before?.spec === undefined || isStopped(readStatus(before))) return false;
    return this.#isSame(before.spec) || !isFinal(readStatus(before));
  }

  /**
   * Tells whether a status is of the new revision, of the one before, or of another change.
   *
   * @throws AppEnvError SUPERSEDED if another change of the app came after this one.
   */
  judge(app: AppMessage): "new" | "old" | "other" {
    if (app.spec !== undefined && !runsSame(app.spec, this.#spec)) {
      if (this.#isAccepted) throw this.superseded();
      // A watch that was open before tells of changes that came before this one, too.
      const isBefore = this.#before?.spec !== undefined && runsSame(app.spec, this.#before.spec);
      return isBefore ? "old" : "other";
    }
    this.#isAccepted ||= app.spec !== undefined && !this.#runsAsBefore();
    this.#isSeen ||= this.#differs(app);
    return this.#isSeen ? "new" : "old";
  }

  /** The error of a change after which another one came. */
  superseded(): AppEnvError {
    const { name, project, domain } = this.#id;
    return new AppEnvError("SUPERSEDED", `Another change of '${name}' in ${project}/${domain} came after this one.`);
  }

  #runsAsBefore(): boolean {
    return this.#before?.spec !== undefined && runsSame(this.#before.spec, this.#spec);
  }

  #isSame(spec: Spec): boolean {
    const desiredState = Spec_DesiredState.ACTIVE;
    return equals(SpecSchema, { ...spec, desiredState }, { ...this.#spec, desiredState });
  }

  #differs(app: AppMessage): boolean {
    const before = this.#before;
    if (before === undefined) return true;
    if (marksOf(app) === marksOf(before)) return false;
    const status = readStatus(app);
    if (isStopped(status)) return false;
    if (!isFinal(status) || !isStopped(readStatus(before))) return true;
    // A stopped app says when it was asked, and not when its revision last became ready.
    return newestOf(app) > newestOf(before);
  }
}

function isFinal(status: AppStatus): boolean {
  return status.failure !== undefined || isActive(status);
}

/** The conditions of an app with their times, as text. */
function marksOf({ status }: AppMessage): string {
  const conditions = status?.conditions ?? [];
  return JSON.stringify(
    conditions.map(({ deploymentStatus, message, lastTransitionTime }) => [
      deploymentStatus,
      message,
      lastTransitionTime === undefined ? 0 : exact(lastTransitionTime),
    ]),
  );
}

function exact({ seconds, nanos }: Timestamp): string {
  return `${seconds}.${nanos}`;
}

/** The time at which a condition last changed, in milliseconds. */
function newestOf({ status }: AppMessage): number {
  const times = (status?.conditions ?? []).flatMap(({ lastTransitionTime: time }) => (time ? [timestampMs(time)] : []));
  return Math.max(0, ...times);
}

/** Tells whether two definitions run the same container. The rest may be written in another way by the backend. */
function runsSame(one: Spec, other: Spec): boolean {
  return textOf(containerOf(one)) === textOf(containerOf(other));
}

function textOf({ image, command, args, env }: Container): string {
  return JSON.stringify([image, command, args, env.map(({ key, value }) => `${key}=${value}`).toSorted()]);
}
