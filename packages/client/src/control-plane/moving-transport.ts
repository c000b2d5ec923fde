import type { Transport } from "@connectrpc/connect";

/** A transport to a control plane that may come back at another address. */
export class MovingTransport implements Transport {
  readonly #make: (endpoint: string) => Transport;
  #endpoint: string;
  /** Made when the first call is. */
  #current: Transport | undefined;

  constructor(endpoint: string, make: (endpoint: string) => Transport) {
    this.#make = make;
    this.#endpoint = endpoint;
  }

  /** The endpoint that calls go to now. */
  get endpoint(): string {
    return this.#endpoint;
  }

  /** Sends calls to another endpoint from now on. */
  moveTo(endpoint: string): void {
    if (endpoint === this.#endpoint) return;
    this.#endpoint = endpoint;
    this.#current = undefined;
  }

  readonly unary: Transport["unary"] = (...call) => this.#there().unary(...call);

  readonly stream: Transport["stream"] = (...call) => this.#there().stream(...call);

  #there(): Transport {
    return (this.#current ??= this.#make(this.#endpoint));
  }
}
