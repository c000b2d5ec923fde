import { firstByte } from "../load/first-byte.ts";
import { Started, type StartOptions } from "../processes/started.ts";
import type { Server } from "./server.ts";

/** A server that is measured. */
export class Side implements Server {
  readonly port: number;
  readonly process: Started;

  constructor(port: number, words: readonly string[], options: StartOptions) {
    this.port = port;
    this.process = new Started(words, { ...options, env: { NODE_ENV: "production", ...options.env } });
  }

  url(path = "/"): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  get roots(): readonly number[] {
    return [this.process.pid];
  }

  /**
   * Resolves with the moment of the first byte it answers.
   *
   * @throws Error with its output, if it ends or stays silent.
   */
  async answered(path = "/"): Promise<number> {
    const ended = this.process.end().then((code) => {
      throw new Error(`It ended with ${code} before it answered.`);
    });
    try {
      return await Promise.race([firstByte(this.port, path), ended]);
    } catch (error) {
      throw new Error(`No answer on port ${this.port}:\n${this.process.output}`, { cause: error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.stop();
  }
}
