import { hostname, userInfo } from "node:os";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { EnrichedIdentitySchema, UserInfoResponseSchema } from "@appenv/protocol/tasks";

let name: string | undefined;

/** The user who runs the platform: everything here is done as this user of the machine. */
export function localUser(): string {
  name ??= readName();
  return name;
}

function readName(): string {
  try {
    return userInfo().username;
  } catch {
    // A process can run as a user that the machine has no name for.
    return `user-${process.getuid?.() ?? 0}`;
  }
}

/** The local user as Flyte's answer to "who am I". */
export function localUserInfo(): MessageInitShape<typeof UserInfoResponseSchema> {
  return { subject: localUser(), name: localUser(), preferredUsername: localUser() };
}

/** The local user as the one who did something. Flyte's Python client shows the address alone. */
export function localIdentity(): MessageInitShape<typeof EnrichedIdentitySchema> {
  const [subject, email] = [localUser(), `${localUser()}@${hostname()}`];
  return { principal: { case: "user", value: { id: { subject }, spec: { userHandle: subject, email } } } };
}

/** Somebody who did something, as logs name them. */
export function namedIdentity(subject: string): MessageInitShape<typeof EnrichedIdentitySchema> {
  return { principal: { case: "user", value: { id: { subject }, spec: { userHandle: subject, email: subject } } } };
}
