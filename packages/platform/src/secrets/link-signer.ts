import { createHmac, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { createSecretKey, readSecretKey } from "./secret-key.ts";

/** Signs texts that people and pages carry: they are stored nowhere, and only this platform can make them. */
export class LinkSigner {
  readonly #keyFile: string;
  readonly #purpose: string;
  #key: Buffer | undefined;

  /** @param purpose - A text that was signed for one is none for another. */
  constructor(home: string, purpose: string) {
    this.#keyFile = join(home, "link.key");
    this.#purpose = purpose;
  }

  /** `CONTENT.SIGNATURE`, the same for the same value. @throws AppEnvError SECRET_UNREADABLE, DISK_FULL, STATE_UNWRITABLE. */
  sign(value: unknown): string {
    const content = Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${content}.${this.#macOf(content)}`;
  }

  /** The value of a signed text; undefined if it was not made here. */
  read(text: string): unknown {
    const [, content = "", signature = ""] = /^([\w-]{1,600})\.([\w-]{43})$/.exec(text) ?? [];
    // Compared as text: several last characters decode to the same bytes.
    if (content === "" || !timingSafeEqual(Buffer.from(signature), Buffer.from(this.#macOf(content)))) return undefined;
    return JSON.parse(Buffer.from(content, "base64url").toString());
  }

  #macOf(content: string): string {
    this.#key ??= (readSecretKey(this.#keyFile) ?? createSecretKey(this.#keyFile)).bytes;
    return createHmac("sha256", this.#key).update(`${this.#purpose} ${content}`).digest("base64url");
  }
}
