import { addresseeHeader } from "@appenv/core/internal";
import { AppEnvError } from "@appenv/core";
import type { AppName } from "@appenv/protocol";
import type { AppController } from "../../apps/contract.ts";
import type { TokenIssuer } from "../../secrets/tokens/token-issuer.ts";
import { subjectOf, type Principal } from "../access/principal.ts";
import { invalidRequest } from "../requests/ids.ts";
import { readAppName } from "../requests/app-name.ts";

/** Finds out where requests for apps go. */
export interface TargetContext {
  readonly controller: AppController;
  /** Signs tokens for apps that require credentials. Default: requests go without. */
  readonly tokens: TokenIssuer | undefined;
}

/** An app that a request is sent to. */
export interface RequestTarget {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Headers that the platform adds: the app that is meant, and a credential where it needs one. */
  readonly headers: Readonly<Record<string, string>>;
}

/** An app of this platform whose port is open; nothing else can be named. @throws AppEnvError INVALID_OPTION, NOT_FOUND, UNREACHABLE. */
export function targetOf(
  app: AppName | undefined,
  caller: Principal | undefined,
  { controller, tokens }: TargetContext,
): RequestTarget {
  const id = readAppName(app);
  const found = controller.get(id);
  if (found === undefined) {
    throw new AppEnvError("NOT_FOUND", `There is no app '${id.name}' in ${id.project}/${id.domain}.`);
  }
  // Its port may be somebody else's while it is not open.
  if (!found.isListening) {
    const fix = `Start it: \`appenv activate ${id.name}\`.`;
    throw new AppEnvError("UNREACHABLE", `The app '${id.name}' does not listen.`, { fix });
  }
  const { hostname, port } = new URL(found.endpoint);
  const subject = caller === undefined ? "user:unknown" : subjectOf(caller);
  const token = found.definition.requiresAuth ? tokens?.issue(subject, id).token : undefined;
  return {
    name: id.name,
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port),
    headers: {
      [addresseeHeader]: id.name,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  };
}

/** A path with its query, as a request line has it. @throws AppEnvError INVALID_OPTION. */
export function readPath(path: string): string {
  if (/^\/[\x21-\x7e]*$/.test(path) && path.length <= mostPath) return path;
  throw invalidRequest(
    `The path '${path.slice(0, 100)}' is none of a request.`,
    `Begin with '/', encode other signs than those of ASCII, and use at most ${mostPath} of them.`,
  );
}

const mostPath = 8_192;
