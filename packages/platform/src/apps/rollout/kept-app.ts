import { isDeepStrictEqual } from "node:util";
import { AppEnvError } from "@appenv/core";
import type { AppDefinition } from "@appenv/protocol";
import type { AppStore, ServedRevisions, StoredApp, StoredRevision } from "../../state/app-store.ts";
import type { Failure } from "../failure.ts";
import { find, newestOf, planOf, storedTraffic, type TrafficPlan } from "../traffic/traffic-plan.ts";

/** The stored state of one app: the wanted revisions, and the ones that answered last. */
export class KeptApp {
  #record: StoredApp;
  #lastRevision: number;
  readonly #store: AppStore;
  readonly #log: (text: string) => void;

  /** @param log - Called with failures to store that are no reason to end anything. */
  constructor(record: StoredApp, store: AppStore, log: (text: string) => void) {
    this.#record = record;
    this.#lastRevision = record.lastRevision;
    this.#store = store;
    this.#log = log;
  }

  get record(): StoredApp {
    return this.#record;
  }

  /** The revisions that are kept, newest first. */
  revisions(): readonly StoredRevision[] {
    return this.#store.revisions(this.#record.id);
  }

  /** The plan of the wanted revisions. */
  plan(): TrafficPlan {
    return planOf(this.#record, () => this.revisions());
  }

  /** The plan of the revisions that answered last. @throws AppEnvError NOT_FOUND if one is not kept. */
  servedPlan(served: ServedRevisions): TrafficPlan {
    const kept = (): readonly StoredRevision[] => this.revisions();
    if (served.revision === this.#record.revision) return planOf({ ...this.#record, ...served }, kept);
    const { definition } = find(kept(), served.revision);
    return planOf({ ...served, definition }, kept);
  }

  /** True if the revisions that answered last are the wanted ones. */
  isSettled(): boolean {
    const { served, revision, traffic } = this.#record;
    return isDeepStrictEqual(served, { revision, traffic });
  }

  /** True if a definition equals the stored one. A revision that was forced once does not force the next one. */
  isSame({ forced: asked, ...wanted }: AppDefinition): boolean {
    const { forced, ...kept } = this.#record.definition;
    if (asked !== undefined && asked !== forced) return false;
    return JSON.stringify(wanted) === JSON.stringify(kept);
  }

  /** The number of a new definition. */
  nextRevision(): number {
    this.#lastRevision += 1;
    return this.#lastRevision;
  }

  /** Stores first, so that nothing is promised that a restart would not know. @throws AppEnvError DISK_FULL. */
  save(record: StoredApp): void {
    const numbered = { ...record, lastRevision: this.#lastRevision };
    this.#store.save(numbered);
    this.#record = numbered;
  }

  /** Stores that a plan can answer. If that fails, a restart starts the plan anew before it counts as serving. */
  keepServed(plan: TrafficPlan): void {
    const { failure: _failure, ...record } = this.#record;
    const served = { revision: newestOf(plan).number, traffic: storedTraffic(plan.weights) };
    if (isDeepStrictEqual(served, record.served)) return;
    this.#try(`that revision ${served.revision} serves`, { ...record, served });
  }

  /** Stores that the wanted revisions could not be started, and that nothing else serves. */
  keepFailure(failure: Failure): void {
    this.#try("why it failed", { ...this.#record, failure });
  }

  #try(what: string, record: StoredApp): void {
    try {
      this.save(record);
    } catch (error) {
      this.#log(`It could not be stored ${what}: ${AppEnvError.from(error, "DISK_FULL").message}`);
    }
  }
}
