import { hashKey, type AcceptedKey, type ApiKeyStore } from "../../../state/api-key-table.ts";
import type { SessionStore } from "../../../state/session-table.ts";
import { localUser } from "../../identity/local-user.ts";
import type { Audit } from "../audit.ts";
import { KeyLimit } from "../key-limit.ts";
import { KeyUses } from "../key-uses.ts";
import { OpenRequests } from "../open-requests.ts";
import type { AccessRules } from "../check-access.ts";
import type { SignIn } from "./session-handler.ts";
import { Sessions } from "./sessions.ts";
import { SignInLimit } from "./sign-in-limit.ts";

/** Parts of what knows the people who may use the API. */
export interface PeopleOptions {
  readonly access: Pick<AccessRules, "behindProxy">;
  readonly apiKeys: ApiKeyStore;
  readonly sessions: SessionStore;
  /** The token of the platform's owner, which counts as an admin's key. */
  readonly ownerToken: string;
  readonly audit: Audit;
  /** Default: the system's clock. */
  readonly now?: () => number;
}

/** The keys that the API accepts, and the sessions of those who signed in with one. */
export interface People extends SignIn {
  /** Takes over which keys are accepted now. Sessions of others end. */
  onKeyChange(): void;
  /** The last use of each key. */
  readonly uses: KeyUses;
  close(): void;
}

/** Sessions whose time is over are looked for this often, in milliseconds. */
const sweepMs = 60_000;

/** Opens the sessions that are stored, as far as their keys are still accepted. */
export function openPeople(options: PeopleOptions): People {
  const { access, apiKeys, ownerToken, audit, now = Date.now } = options;
  let keys = new Map<string, AcceptedKey>();
  const openRequests = new OpenRequests();
  const endRequests = (): void =>
    openRequests.sweep(
      ({ key, session }) => keys.has(key.hash) && (session === undefined || sessions.has(session.hash)),
    );
  const sessions = new Sessions(options.sessions, now, endRequests);
  const uses = new KeyUses(apiKeys, now);
  const sweep = (): void => {
    uses.store();
    sessions.sweep((hash) => keys.has(hash));
    endRequests();
  };
  const onKeyChange = (): void => {
    const ofOwner: AcceptedKey = { hash: hashKey(ownerToken), name: localUser(), role: "admin" };
    keys = new Map([...apiKeys.accepted(), ofOwner].map((key) => [key.hash, key]));
    sweep();
  };
  onKeyChange();
  const timer = setInterval(sweep, sweepMs).unref();
  return {
    sessions,
    audit,
    openRequests,
    limit: new SignInLimit(access.behindProxy === true),
    keyLimit: new KeyLimit(access.behindProxy === true, now),
    keyOf: (hash) => keys.get(hash),
    onKeyChange,
    uses,
    close: () => {
      clearInterval(timer);
      uses.store();
    },
  };
}
