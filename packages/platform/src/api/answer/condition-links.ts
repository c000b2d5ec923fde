import { createHmac, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import type { ActionId } from "@appenv/protocol";
import { createSecretKey, readSecretKey } from "../../secrets/secret-key.ts";

/** The path of the pages that answer conditions. */
export const answerPath = "/answer/";

/** The condition that a link answers, and the end of its time. */
export interface LinkedCondition {
  readonly id: ActionId;
  readonly expiresAt: Date;
}

/** Makes and reads the links that answer conditions: they are signed with a key of the state directory, and stored nowhere. */
export class ConditionLinks {
  readonly #endpoint: string;
  readonly #keyFile: string;
  #key: Buffer | undefined;

  /** @param endpoint - Of the API, for browsers. */
  constructor(home: string, endpoint: string) {
    this.#endpoint = endpoint;
    this.#keyFile = join(home, "link.key");
  }

  /** The same for the same arguments. @throws AppEnvError SECRET_UNREADABLE, DISK_FULL, STATE_UNWRITABLE. */
  readonly to = ({ project, domain, run, action }: ActionId, expiresAt: Date): string => {
    const text = JSON.stringify([project, domain, run, action, Math.floor(expiresAt.getTime() / 1_000)]);
    const content = Buffer.from(text).toString("base64url");
    return `${this.#endpoint}${answerPath}${content}.${this.#sign(content).toString("base64url")}`;
  };

  /** The condition of a link's token; undefined if it was not made here. */
  read(token: string): LinkedCondition | undefined {
    const [, content = "", signature = ""] = /^([\w-]{1,600})\.([\w-]{43})$/.exec(token) ?? [];
    if (content === "" || !timingSafeEqual(Buffer.from(signature, "base64url"), this.#sign(content))) return undefined;
    const parts = JSON.parse(Buffer.from(content, "base64url").toString()) as [string, string, string, string, number];
    const [project, domain, run, action, seconds] = parts;
    return { id: { project, domain, run, action }, expiresAt: new Date(seconds * 1_000) };
  }

  #sign(content: string): Buffer {
    this.#key ??= (readSecretKey(this.#keyFile) ?? createSecretKey(this.#keyFile)).bytes;
    return createHmac("sha256", this.#key).update(`condition link ${content}`).digest();
  }
}
