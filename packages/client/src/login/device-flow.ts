import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";
import type { DeviceAuthorizationResponse } from "oauth4webapi";
import type { ClientConfig } from "../config/config.ts";
import { checkUrl, type LoginServer } from "./login-server.ts";
import {
  askedFor,
  asking,
  grantsOf,
  readTokens,
  refusalOf,
  withoutIdToken,
  type Grants,
  type Tokens,
} from "./oauth.ts";

/** Ways in which a login speaks to a person. */
export interface LoginTalk {
  /** Shows a line. */
  readonly say: (line: string) => void;
  /** Gives up waiting. */
  readonly signal?: AbortSignal;
}

/** Waits; replaced in tests. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<unknown>;

const wait: Wait = (ms, signal) => sleep(ms, undefined, signal && { signal });

/**
 * Logs in with a code that is typed in on any machine (RFC 8628): shows the code, and asks for the token until it was
 * entered, less often when the server says so.
 *
 * @throws AppEnvError UNSUPPORTED if the server has no such flow; UNAUTHENTICATED if it was refused or is too late.
 */
export async function loginWithDevice(
  server: LoginServer,
  config: ClientConfig,
  talk: LoginTalk,
  pause: Wait = wait,
): Promise<Tokens> {
  if (server.deviceEndpoint === "") {
    throw new AppEnvError("UNSUPPORTED", "The control plane's authorization server has no device flow.", {
      fix: "Log in on a machine with a browser, with `admin.authType` Pkce.",
    });
  }
  checkUrl("device authorization endpoint", server.deviceEndpoint);
  const grants = await grantsOf(server, config);
  const { oauth, server: as, client, auth, options } = grants;
  const device = await asking(async () => {
    const response = await oauth.deviceAuthorizationRequest(as, client, auth, askedFor(server), options);
    return oauth.processDeviceAuthorizationResponse(as, client, response);
  });
  const complete = device.verification_uri_complete;
  talk.say(`Open ${device.verification_uri} in a browser and enter the code ${device.user_code}`);
  if (complete !== undefined) talk.say(`or open ${complete}`);
  return asking(() => poll(grants, device, talk, pause));
}

/** Seconds between questions, where the server states none; and by how many more it wants when it is asked to slow down. */
const usualInterval = 5;

async function poll(
  grants: Grants,
  device: DeviceAuthorizationResponse,
  talk: LoginTalk,
  pause: Wait,
): Promise<Tokens> {
  let interval = device.interval ?? usualInterval;
  for (let waited = 0; waited < device.expires_in; waited += interval) {
    await pause(interval * 1000, talk.signal);
    try {
      return await askForToken(grants, device.device_code);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === "slow_down") interval += usualInterval;
      else if (AppEnvError.is(error, "UNREACHABLE")) interval *= 2;
      else if (refusal !== "authorization_pending") throw error;
    }
  }
  throw new AppEnvError("UNAUTHENTICATED", "The code was not entered in time.", { fix: "Run `appenv login` again." });
}

async function askForToken({ oauth, server, client, auth, options }: Grants, deviceCode: string): Promise<Tokens> {
  const response = await oauth.deviceCodeGrantRequest(server, client, auth, deviceCode, options);
  return readTokens(await oauth.processDeviceCodeResponse(server, client, await withoutIdToken(response)));
}
