import type { ReplicaProcess } from "../../replicas/replica-process.ts";
import type { TokenIssuer } from "./token-issuer.ts";

/** The app or task environment whose process asks for tokens. */
export interface TokenCaller {
  /** For example `app:front`. */
  readonly subject: string;
  readonly project: string;
  readonly domain: string;
}

/** Gives a process tokens for the apps it calls, of its own project and domain. */
export function answerTokens({ calls }: ReplicaProcess, caller: TokenCaller, issuer: TokenIssuer | undefined): void {
  const { subject, project, domain } = caller;
  calls.answer("token", ({ app }) => {
    // Code of a user shares the channel with the runtime.
    if (typeof app !== "string") return {};
    return issuer?.issue(subject, { project, domain, name: app }) ?? {};
  });
}
