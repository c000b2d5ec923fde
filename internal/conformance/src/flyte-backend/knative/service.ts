import { EventEmitter } from "node:events";
import { freePort } from "./free-port.ts";
import { Front } from "./front.ts";
import { Pod, type PodTimes } from "./pod.ts";
import type { KnativeCondition, Template } from "./template.ts";

/** One revision of a Service, and its pod. */
interface Revision {
  readonly name: string;
  readonly pod: Pod | undefined;
}

type Stated = Omit<KnativeCondition, "since">;

/** A Service of Knative: it runs a pod of its newest template, and gives it the traffic as soon as it is ready. */
export class KnativeService extends EventEmitter<{ changed: [] }> {
  readonly name: string;
  readonly createdAt: number = Date.now();
  /** Sorted by type; empty until Knative has seen the Service. */
  conditions: readonly KnativeCondition[] = [];
  readonly #times: PodTimes;
  #front: Front | undefined;
  #template: Template | undefined;
  #isStopped = false;
  #generation = 0;
  #observed = 0;
  #newest: Revision | undefined;
  /** The revision that has the traffic. */
  #ready: Revision | undefined;
  readonly #leaving = new Set<Promise<void>>();

  constructor(name: string, times: PodTimes) {
    super();
    this.name = name;
    this.#times = times;
  }

  /** Opens the public listener, whose URL is known before anything runs. */
  async open(): Promise<void> {
    this.#front = await Front.open(() => (this.#isStopped ? undefined : this.#ready?.pod?.port));
  }

  /** Its public URL. */
  get url(): string {
    return this.#front?.url ?? "";
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Pods of the newest ready revision, else all. */
  get pods(): readonly Pod[] {
    const pod = (this.#ready ?? this.#newest)?.pod;
    return pod === undefined ? [] : [pod];
  }

  /** Asks for a template. Nothing runs before `reconcile`. */
  deploy(template: Template): void {
    this.#template = template;
    this.#isStopped = false;
    this.#generation += 1;
  }

  /** Takes it from the public and ends its pods. */
  stop(): void {
    this.#isStopped = true;
    this.#generation += 1;
    this.#retire(this.#ready);
    this.#ready = undefined;
    this.emit("changed");
  }

  /** Makes a revision of what was asked for last, unless there is one. */
  async reconcile(): Promise<void> {
    if (this.#observed === this.#generation || this.#template === undefined) return;
    this.#observed = this.#generation;
    const name = `${this.name}-${String(this.#observed).padStart(5, "0")}`;
    // A revision that was never ready is not waited for any more.
    if (this.#newest !== this.#ready) this.#retire(this.#newest);
    if (this.#isStopped) return this.#scaledToZero(name);
    this.#state([
      { type: "ConfigurationsReady", status: "Unknown", reason: "", message: "" },
      { type: "Ready", status: "Unknown", reason: "", message: "" },
      { type: "RoutesReady", status: this.#ready === undefined ? "Unknown" : "True", reason: "", message: "" },
    ]);
    const { refusal } = this.#template;
    if (refusal !== undefined) {
      this.#newest = { name, pod: undefined };
      return this.#failed(name, refusal);
    }
    await this.#roll(name, this.#template);
  }

  /** Ends all its pods and closes its listener. */
  async delete(): Promise<void> {
    this.#retire(this.#newest);
    if (this.#ready !== this.#newest) this.#retire(this.#ready);
    await Promise.all([this.#front?.close(), ...this.#leaving]);
  }

  async #roll(name: string, template: Template): Promise<void> {
    const observed = this.#observed;
    const port = await freePort();
    if (observed !== this.#observed) return;
    const env = { PORT: String(port), K_SERVICE: this.name, K_REVISION: name, K_CONFIGURATION: this.name };
    const pod = new Pod(name, port, template, env, this.#times);
    const revision = { name, pod };
    this.#newest = revision;
    pod.on("ready", () => this.#newest === revision && this.#becameReady(revision));
    pod.on("exited", (last) => {
      if (this.#newest === revision && this.#ready !== revision) this.#failed(name, `Container failed with: ${last}`);
    });
    pod.start();
  }

  #becameReady(revision: Revision): void {
    const before = this.#ready;
    this.#ready = revision;
    this.#state([
      { type: "ConfigurationsReady", status: "True", reason: "", message: "" },
      { type: "Ready", status: "True", reason: "", message: "" },
      { type: "RoutesReady", status: "True", reason: "", message: "" },
    ]);
    if (before !== revision) this.#retire(before);
  }

  #failed(name: string, message: string): void {
    const text = `Revision "${name}" failed with message: ${message}.`;
    this.#state([
      { type: "ConfigurationsReady", status: "False", reason: "RevisionFailed", message: text },
      { type: "Ready", status: "False", reason: "RevisionFailed", message: text },
      { type: "RoutesReady", status: this.#ready === undefined ? "Unknown" : "True", reason: "", message: "" },
    ]);
  }

  /** A revision whose initial scale is zero is ready at once. */
  #scaledToZero(name: string): void {
    this.#newest = { name, pod: undefined };
    this.#becameReady(this.#newest);
  }

  #retire(revision: Revision | undefined): void {
    const gone = revision?.pod?.delete();
    if (gone === undefined) return;
    this.#leaving.add(gone);
    void gone.finally(() => this.#leaving.delete(gone));
  }

  #state(stated: readonly Stated[]): void {
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    this.conditions = stated.map((each) => {
      const known = this.conditions.find(({ type }) => type === each.type);
      const isSame = known?.status === each.status && known.reason === each.reason && known.message === each.message;
      return { ...each, since: isSame ? known.since : now };
    });
    this.emit("changed");
  }
}
