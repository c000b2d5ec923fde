import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { AppPrincipal } from "./principal.ts";

/** The tokens with which the processes of apps and tasks call the API. They are good while the platform runs that made them. */
export interface AppTokens {
  /** The same one for the same app: processes that are started ahead have it too. */
  issue(app: Omit<AppPrincipal, "kind">): string;
  /** The app or task environment that a token belongs to; undefined if the text is no such token. */
  read(token: string): AppPrincipal | undefined;
}

/** Begins every token of an app. */
const prefix = "apt_";

/** Tokens that only this process can make: they contain their claims, and a MAC of them. */
export function createAppTokens(key: Buffer = randomBytes(32)): AppTokens {
  const macOf = (content: string): string => createHmac("sha256", key).update(content).digest("base64url");
  return {
    issue: ({ subject, project, domain }) => {
      const content = Buffer.from(JSON.stringify([subject, project, domain])).toString("base64url");
      return `${prefix}${content}.${macOf(content)}`;
    },
    read: (token) => {
      const [, content = "", mac = ""] = /^apt_([\w-]+)\.([\w-]{43})$/.exec(token) ?? [];
      if (mac === "" || !timingSafeEqual(Buffer.from(macOf(content)), Buffer.from(mac))) return undefined;
      const [subject, project, domain] = JSON.parse(Buffer.from(content, "base64url").toString()) as [
        string,
        string,
        string,
      ];
      return { kind: "app", subject, project, domain };
    },
  };
}
