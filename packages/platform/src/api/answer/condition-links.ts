import type { ActionId } from "@appenv/protocol";
import { LinkSigner } from "../../secrets/link-signer.ts";

/** The path of the pages that answer conditions. */
export const answerPath = "/answer/";

/** The condition that a link answers, and the end of its time. */
export interface LinkedCondition {
  readonly id: ActionId;
  readonly expiresAt: Date;
}

/** Makes and reads the links that answer conditions. */
export class ConditionLinks {
  readonly #endpoint: string;
  readonly #signer: LinkSigner;

  /** @param endpoint - Of the API, for browsers. */
  constructor(home: string, endpoint: string) {
    this.#endpoint = endpoint;
    this.#signer = new LinkSigner(home, "condition link");
  }

  /** The same for the same arguments. @throws AppEnvError SECRET_UNREADABLE, DISK_FULL, STATE_UNWRITABLE. */
  readonly to = ({ project, domain, run, action }: ActionId, expiresAt: Date): string => {
    const token = this.#signer.sign([project, domain, run, action, Math.floor(expiresAt.getTime() / 1_000)]);
    return `${this.#endpoint}${answerPath}${token}`;
  };

  /** The condition of a link's token; undefined if it was not made here. */
  read(token: string): LinkedCondition | undefined {
    const parts = this.#signer.read(token) as [string, string, string, string, number] | undefined;
    if (parts === undefined) return undefined;
    const [project, domain, run, action, seconds] = parts;
    return { id: { project, domain, run, action }, expiresAt: new Date(seconds * 1_000) };
  }
}
