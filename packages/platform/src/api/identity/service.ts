import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import type { IdentityService, UserInfoResponseSchema } from "@appenv/protocol/tasks";
import { principalKey, subjectOf, type Principal } from "../access/principal.ts";
import { localUserInfo } from "./local-user.ts";

/** Flyte's IdentityService: the name of the key or of the app, or the user who runs the platform. */
export const identityService: ServiceImpl<typeof IdentityService> = {
  userInfo: (_, { values }) => infoOf(values.get(principalKey)),
};

function infoOf(principal: Principal | undefined): MessageInitShape<typeof UserInfoResponseSchema> {
  if (principal === undefined || (principal.kind === "owner" && principal.by === undefined)) return localUserInfo();
  const name = principal.kind === "app" ? principal.subject : (principal.by?.key.name ?? "");
  return { subject: subjectOf(principal), name, preferredUsername: name };
}
