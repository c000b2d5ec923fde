import { connect, type Socket } from "node:net";
import type { RequestListener } from "node:http";
import { AppEnvironment, type AppEnvironmentOptions } from "@appenv/core";
import { onTestFinished } from "vitest";
import type { StartAppOptions } from "../src/replica/app/start-app.ts";
import { hashKey, startApp, type IngressLoad, type RunningApp } from "../src/index.ts";

/** An app that serves on a free loopback port until the test is over. */
export interface TestApp {
  readonly app: RunningApp;
  readonly port: number;
  readonly url: string;
}

export function plainEnvironment(listener: RequestListener, options: Partial<AppEnvironmentOptions> = {}) {
  const environment = new AppEnvironment({ name: "plain", requiresAuth: false, ...options });
  environment.server(() => listener);
  return environment;
}

/** Starts an environment; the API key is "secret-key" if it requires one. */
export async function serveForTest(
  environment: AppEnvironment,
  options: Partial<StartAppOptions> = {},
): Promise<TestApp> {
  const auth = { required: environment.requiresAuth, keyHashes: [hashKey("secret-key")] };
  const app = await startApp(environment, { port: 8080, auth, ...options });
  const port = await app.ingress.accept({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.stop("stop", 0));
  return { app, port, url: `http://127.0.0.1:${port}` };
}

/** A client that writes bytes and remembers what comes back. */
export class RawClient {
  readonly socket: Socket;
  received: Buffer = Buffer.alloc(0);
  readonly closed: Promise<void>;
  #changed = Promise.withResolvers<void>();

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.closed = new Promise((resolve) => {
      this.socket.once("close", () => resolve());
    });
    this.socket.on("error", () => {});
    this.socket.on("data", (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.#wake();
    });
    this.socket.on("close", () => this.#wake());
    onTestFinished(() => void this.socket.destroy());
  }

  get text(): string {
    return this.received.toString("latin1");
  }

  get isOpen(): boolean {
    return !this.socket.destroyed && !this.socket.readableEnded;
  }

  send(text: string): this {
    this.socket.write(text);
    return this;
  }

  /** The text so far, once it contains this; fails if the connection closes before. */
  async until(part: string): Promise<string> {
    while (!this.text.includes(part)) {
      if (this.socket.destroyed)
        throw new Error(`closed before ${JSON.stringify(part)}; got ${JSON.stringify(this.text)}`);
      await this.#changed.promise;
    }
    return this.text;
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

export function rawClient(port: number): RawClient {
  return new RawClient(port);
}

/** A request without a body, kept alive. */
export function get(path: string, headers = ""): string {
  return `GET ${path} HTTP/1.1\r\nHost: test\r\n${headers}\r\n`;
}

export function upgradeRequest(path = "/", headers = ""): string {
  return get(
    path,
    `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGVzdGluZ3Rlc3Rpbmcw\r\n${headers}`,
  );
}

/** Waits until a condition on the ingress's load holds. */
export async function untilLoad({ app }: TestApp, condition: (load: IngressLoad) => boolean): Promise<IngressLoad> {
  for (;;) {
    const load = app.ingress.load();
    if (condition(load)) return load;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
