import { randomUUID } from "node:crypto";
import { clone, create } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import type { RunId } from "@appenv/protocol";
import {
  type CreateRunRequest,
  CreateRunRequestSchema,
  type RunDetails,
  type RunMessage,
  RunSchema,
  RunSpecSchema,
  toRunIdentifier,
} from "@appenv/protocol/tasks";
import type { ControlPlane } from "../../control-plane/control-plane.ts";
import { taskApi } from "../api.ts";
import type { AskedIdentity } from "./asked-identity.ts";
import { checkAsked } from "./check-asked.ts";
import { type Reservation, withReservation } from "./reservation.ts";
import { madeUpName, nameOfKey } from "./run-name.ts";
import { isSameRequest } from "./same-request.ts";

/** Annotations by which a run is known to be the one that was asked for: its caller, and the hash of its key. */
const callerAnnotation = "appenv.dev/caller";
const keyAnnotation = "appenv.dev/idempotency-key";

/** Maximum number of times that a run is asked for whose answer does not come. */
const tries = 3;

/**
 * Starts a run on a Flyte cluster. Its backend answers a second run of one name like the first one, and overwrites the
 * first one's inputs; it knows no idempotency keys. So the run is looked for before it is started, and a reservation of
 * the backend's cache service keeps others from starting it in between.
 *
 * @throws AppEnvError RUN_EXISTS, IDEMPOTENCY_CONFLICT, INVALID_INPUT, UNSUPPORTED, UNREACHABLE.
 */
export async function createOnCluster(
  controlPlane: ControlPlane,
  request: CreateRunRequest,
  asked: AskedIdentity,
): Promise<RunMessage | undefined> {
  const { project, domain } = placeOf(request);
  checkAsked(request, asked);
  const { name, idempotencyKey: key } = asked;
  const run = name ?? (key === undefined ? madeUpName() : nameOfKey(project, domain, key));
  const wanted = new WantedRun(controlPlane, { project, domain, run }, request, key);
  // Nobody else has a name that was made up here.
  if (name === undefined && key === undefined) return wanted.create();
  const reserved = { project, domain, key: `appenv-run-${run}` };
  return withReservation(
    controlPlane,
    reserved,
    () => wanted.isThere(),
    (reservation) => wanted.createUnlessThere(reservation),
  );
}

function placeOf({ id }: CreateRunRequest): { readonly project: string; readonly domain: string } {
  const { domain = "" } = id.value ?? {};
  return { project: id.case === "runId" ? id.value.project : (id.value?.name ?? ""), domain };
}

/** A run that somebody wants to be there. */
class WantedRun {
  readonly #controlPlane: ControlPlane;
  readonly #id: RunId;
  readonly #request: CreateRunRequest;
  readonly #caller: string = randomUUID();
  readonly #key: string | undefined;

  constructor(controlPlane: ControlPlane, id: RunId, request: CreateRunRequest, key: string | undefined) {
    this.#controlPlane = controlPlane;
    this.#id = id;
    this.#key = key === undefined ? undefined : nameOfKey(id.project, id.domain, key);
    this.#request = clone(CreateRunRequestSchema, request);
    this.#request.id = { case: "runId", value: toRunIdentifier(id) };
    const spec = (this.#request.runSpec ??= create(RunSpecSchema));
    const marks = { [callerAnnotation]: this.#caller, ...(this.#key && { [keyAnnotation]: this.#key }) };
    spec.annotations = { $typeName: "flyteidl2.task.Annotations", values: { ...spec.annotations?.values, ...marks } };
  }

  /** Starts it. What was asked for twice is started once: the second request is that of the first name and inputs. */
  async create(reservation?: Reservation): Promise<RunMessage | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await reservation?.extend();
        return (await taskApi(this.#controlPlane).runs.createRun(this.#request)).run;
      } catch (error) {
        if (!AppEnvError.is(error, "UNREACHABLE")) throw error;
        // The answer was lost; the run may be there.
        const there = await this.#find().catch(() => undefined);
        if (there !== undefined) return this.#accept(there);
        if (attempt === tries) throw this.#unknown(error);
      }
    }
  }

  async isThere(): Promise<boolean> {
    return (await this.#find()) !== undefined;
  }

  async createUnlessThere(reservation: Reservation): Promise<RunMessage | undefined> {
    const there = await this.#find();
    if (there !== undefined) return this.#accept(there);
    const created = await this.create(reservation);
    // A client that makes no reservation may have been first.
    const now = await this.#find();
    return now === undefined ? created : this.#accept(now);
  }

  async #find(): Promise<RunDetails | undefined> {
    try {
      const { details } = await taskApi(this.#controlPlane).runs.getRunDetails({ runId: toRunIdentifier(this.#id) });
      return details;
    } catch (error) {
      if (AppEnvError.is(error, "NOT_FOUND")) return undefined;
      throw error;
    }
  }

  /** The run that is there, if it is the one that was asked for. */
  async #accept(details: RunDetails): Promise<RunMessage> {
    const { action, runSpec } = details;
    const { [callerAnnotation]: caller, [keyAnnotation]: key } = runSpec?.annotations?.values ?? {};
    if (caller !== this.#caller) {
      if (this.#key === undefined || this.#key !== key) throw this.#exists();
      if (!(await isSameRequest(this.#controlPlane, this.#id, details, this.#request))) throw this.#conflict();
    }
    const { id, metadata, status } = action ?? {};
    return create(RunSchema, {
      action: { ...(id && { id }), ...(metadata && { metadata }), ...(status && { status }) },
    });
  }

  #exists(): AppEnvError {
    const { project, domain, run } = this.#id;
    return new AppEnvError("RUN_EXISTS", `There is a run '${run}' in ${project}/${domain} already.`);
  }

  #conflict(): AppEnvError {
    const { run } = this.#id;
    return new AppEnvError(
      "IDEMPOTENCY_CONFLICT",
      `The idempotency key was used for the run '${run}', with another task or other inputs.`,
    );
  }

  #unknown(cause: AppEnvError): AppEnvError {
    const { run } = this.#id;
    return new AppEnvError("UNREACHABLE", `${cause.message.replace(/\.$/, "")}; the run '${run}' may have started.`, {
      fix: `Look for it before you start another one: \`appenv get run ${run}\`.`,
      cause,
    });
  }
}
