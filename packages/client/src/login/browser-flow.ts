import { spawn } from "node:child_process";
import { once } from "node:events";
import { AppEnvError } from "@appenv/core";
import type { ClientConfig } from "../config/config.ts";
import { listenForCallback } from "./callback-server.ts";
import type { LoginTalk } from "./device-flow.ts";
import { checkUrl, type LoginServer } from "./login-server.ts";
import { askedFor, asking, grantsOf, readTokens, withoutIdToken, type Grants, type Tokens } from "./oauth.ts";

/** Opens a page in a browser; replaced in tests. */
export type OpenBrowser = (url: string) => void;

const limitMs = 5 * 60_000;

/**
 * Logs in by the browser: OAuth's authorization code with PKCE (RFC 7636, S256). The page is opened and its URL shown, and the
 * answer comes to the redirect URI, which this process listens at meanwhile.
 *
 * @throws AppEnvError UNAUTHENTICATED if the person or the server refuses, or nothing comes within five minutes; UNSUPPORTED,
 * PORT_IN_USE, UNREACHABLE.
 */
export async function loginWithBrowser(
  server: LoginServer,
  config: ClientConfig,
  talk: LoginTalk,
  open: OpenBrowser = openBrowser,
): Promise<Tokens> {
  checkUrl("authorization endpoint", server.authorizationEndpoint);
  const grants = await grantsOf(server, config);
  const verifier = grants.oauth.generateRandomCodeVerifier();
  const state = grants.oauth.generateRandomState();
  const callback = await listenForCallback(server.redirectUri, state);
  try {
    const url = await authorizationUrl(server, grants, state, verifier);
    talk.say(`Log in in the browser that opens, or open ${url}`);
    open(url);
    const answer = await within(callback.received, talk.signal);
    return await asking(() => exchange(server, grants, answer, state, verifier));
  } finally {
    callback.close();
  }
}

async function authorizationUrl(
  server: LoginServer,
  { oauth }: Grants,
  state: string,
  verifier: string,
): Promise<string> {
  const url = new URL(server.authorizationEndpoint);
  const parameters = {
    client_id: server.clientId,
    response_type: "code",
    redirect_uri: server.redirectUri,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...askedFor(server),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

async function within<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const limit = AbortSignal.timeout(limitMs);
  const end = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const ended = once(end, "abort").then(() => {
    throw new AppEnvError("UNAUTHENTICATED", "Nobody has logged in.", { fix: "Run `appenv login` again." });
  });
  return Promise.race([answer, ended]);
}

async function exchange(
  { redirectUri, issuer }: LoginServer,
  { oauth, server, client, auth, options }: Grants,
  answer: URLSearchParams,
  state: string,
  verifier: string,
): Promise<Tokens> {
  // Nothing to compare with where the control plane names no issuer.
  const named = issuer === "" ? { ...server, issuer: answer.get("iss") ?? server.issuer } : server;
  const checked = oauth.validateAuthResponse(named, client, answer, state);
  const response = await oauth.authorizationCodeGrantRequest(
    named,
    client,
    auth,
    checked,
    redirectUri,
    verifier,
    options,
  );
  return readTokens(await oauth.processAuthorizationCodeResponse(named, client, await withoutIdToken(response)));
}

/** The system's program that opens pages. Without one the person opens the page that was shown. */
function openBrowser(url: string): void {
  const [program, ...args] =
    process.platform === "darwin"
      ? ["open"]
      : process.platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler"]
        : ["xdg-open"];
  const child = spawn(program ?? "", [...args, url], { stdio: "ignore", detached: true });
  child.once("error", () => {});
  child.unref();
}
