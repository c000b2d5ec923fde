import type { IngressLoad } from "../http/ingress.ts";

/** The load of a worker, in the terms of replicas: an attempt counts as a request. */
export class WorkerLoad {
  #inFlight = 0;
  #attempts = 0;
  #busyMs = 0;
  #since: number = performance.now();

  began(): void {
    this.#count();
    this.#inFlight += 1;
    this.#attempts += 1;
  }

  ended(): void {
    this.#count();
    this.#inFlight -= 1;
  }

  load(): IngressLoad {
    this.#count();
    const [inFlight, busyMs, requests] = [this.#inFlight, this.#busyMs, this.#attempts];
    return {
      inFlight,
      connections: 0,
      sockets: 0,
      busyMs,
      requests,
      failures: 0,
      responses: [],
      latency: [],
      answeredMs: 0,
    };
  }

  #count(): void {
    const now = performance.now();
    this.#busyMs += this.#inFlight * (now - this.#since);
    this.#since = now;
  }
}
