import { EventEmitter } from "node:events";
import type { PodTimes } from "./pod.ts";
import { KnativeService } from "./service.ts";
import type { Template } from "./template.ts";

/**
 * A stand-in for Knative whose pods are processes of this machine. It never scales: a Service has one pod, or none when it
 * is stopped.
 */
export class Knative extends EventEmitter<Record<"created" | "changed" | "deleted", [name: string]>> {
  readonly services = new Map<string, KnativeService>();
  readonly #times: PodTimes;
  readonly #adding = new Map<string, Promise<KnativeService>>();
  readonly #closing = new Set<Promise<void>>();
  #isHeld = false;

  constructor(times: Partial<PodTimes> = {}) {
    super();
    this.setMaxListeners(0);
    this.#times = { graceMs: 3_000, restartMs: 200, ...times };
  }

  /**
   * From now on, Knative notices nothing: after a redeploy the status is that of the revision before, as on a busy cluster.
   */
  hold(): void {
    this.#isHeld = true;
  }

  /** Lets Knative work again, and do all that was asked meanwhile. */
  release(): void {
    this.#isHeld = false;
    for (const service of this.services.values()) this.#reconcile(service);
  }

  async deploy(name: string, template: Template): Promise<void> {
    const known = this.services.get(name);
    const service = known ?? (await this.#addOnce(name));
    service.deploy(template);
    this.emit(known === undefined ? "created" : "changed", name);
    this.#reconcile(service);
  }

  /** Stops a Service. Without effect if there is none. */
  stop(name: string): void {
    const service = this.services.get(name);
    service?.stop();
    if (service !== undefined) this.#reconcile(service);
  }

  /** Deletes a Service: it is not listed any more, and its pods end in their time. */
  delete(name: string): void {
    const service = this.services.get(name);
    if (service === undefined) return;
    this.emit("deleted", name);
    this.services.delete(name);
    this.#closing.add(service.delete());
  }

  async close(): Promise<void> {
    for (const name of this.services.keys()) this.delete(name);
    await Promise.all(this.#closing);
  }

  #addOnce(name: string): Promise<KnativeService> {
    const adding = this.#adding.get(name) ?? this.#add(name).finally(() => this.#adding.delete(name));
    this.#adding.set(name, adding);
    return adding;
  }

  async #add(name: string): Promise<KnativeService> {
    const service = new KnativeService(name, this.#times);
    await service.open();
    this.services.set(name, service);
    service.on("changed", () => this.services.get(name) === service && this.emit("changed", name));
    return service;
  }

  /** A controller works later than the request that it is for. */
  #reconcile(service: KnativeService): void {
    setImmediate(() => void (this.#isHeld || service.reconcile()));
  }
}
