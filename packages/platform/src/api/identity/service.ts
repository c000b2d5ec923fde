import type { ServiceImpl } from "@connectrpc/connect";
import type { IdentityService } from "@appenv/protocol/tasks";
import { localUserInfo } from "./local-user.ts";

/** Flyte's IdentityService: everyone is the user who runs the platform. */
export const identityService: ServiceImpl<typeof IdentityService> = { userInfo: () => localUserInfo() };
