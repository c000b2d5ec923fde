import { AppEnvError, type ControlPlaneOptions } from "@appenv/core";
import { IdentityService } from "@appenv/protocol/tasks";
import { createClient } from "@connectrpc/connect";
import { loadConfig, type ClientConfig } from "../config/config.ts";
import { normalizeEndpoint } from "../config/endpoint.ts";
import type { AuthType } from "../config/settings.ts";
import { connect } from "../control-plane/connect.ts";
import { createOpenTransport } from "../transport/transport.ts";
import { isByLogin, takesLogin } from "./credentials.ts";
import { deleteLogin, loginEndpoint, loginFile } from "./login-store.ts";
import { login, type LoginOptions } from "./login.ts";

/** The control plane to log in to. */
export interface LoginTarget {
  /** Default: the configured one. */
  readonly endpoint?: string;
  /** In place of the configured way. */
  readonly authType?: AuthType;
}

/** A login that was made. */
export interface MadeLogin {
  readonly endpoint: string;
  /** The end of the first token. Undefined if the server does not say. */
  readonly expiresAt: Date | undefined;
  /** True if tokens are refreshed without anybody. */
  readonly isRefreshed: boolean;
}

/** Has a person log in to a control plane, also where a login is stored. @throws AppEnvError as `login`, INVALID_CONFIG. */
export async function logIn(target: LoginTarget = {}, options: LoginOptions = {}): Promise<MadeLogin> {
  const { endpoint, config } = await placeOf(target);
  if (!isByLogin(config)) throw nothingToLogInTo(config);
  if (!takesLogin(endpoint)) {
    throw new AppEnvError(
      "UNSUPPORTED",
      `${endpoint} is without TLS, and a login never leaves this machine without it.`,
      {
        fix: "Name the control plane by https, as `https://flyte.example.com` or `dns:///flyte.example.com`.",
      },
    );
  }
  const { expiresAt, refreshToken } = await login(endpoint, config, createOpenTransport(endpoint, config), options);
  return {
    endpoint: loginEndpoint(endpoint),
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
    isRefreshed: refreshToken !== undefined,
  };
}

/** Forgets a login on this machine. Gives the control plane, and whether there was a login. @throws AppEnvError INVALID_CONFIG. */
export async function logOut(target: LoginTarget = {}): Promise<{ readonly endpoint: string; readonly had: boolean }> {
  const { endpoint, config } = await placeOf(target);
  return { endpoint: loginEndpoint(endpoint), had: await deleteLogin(loginFile(endpoint, config)) };
}

/** The person or program that a control plane takes this process for. */
export interface Account {
  readonly endpoint: string;
  /** Its id at the authorization server; empty if the control plane asks for no login. */
  readonly subject: string;
  readonly name: string;
  readonly email: string;
}

/** Asks a control plane for whom it takes this process. @throws AppEnvError UNAUTHENTICATED, UNSUPPORTED, UNREACHABLE. */
export async function whoAmI(options: ControlPlaneOptions = {}): Promise<Account> {
  const { endpoint, transport } = await connect(options);
  const { subject, name, preferredUsername, email } = await createClient(IdentityService, transport).userInfo({});
  return { endpoint, subject, name: name || preferredUsername, email };
}

async function placeOf({ endpoint, authType }: LoginTarget): Promise<{ endpoint: string; config: ClientConfig }> {
  const read = await loadConfig();
  const config = authType === undefined ? read : { ...read, authType };
  const found = endpoint === undefined ? config.endpoint : normalizeEndpoint(endpoint, config.insecure);
  if (found !== undefined) return { endpoint: found, config };
  throw new AppEnvError(
    "INVALID_CONFIG",
    "No control plane is configured, and the platform on this machine needs no login.",
    {
      fix: "Name one with `--endpoint`, or write its address into a configuration file with `appenv create config`.",
    },
  );
}

function nothingToLogInTo({ bearerToken, insecure, authType, file }: ClientConfig): AppEnvError {
  const where = file === undefined ? "" : ` in ${file}`;
  const [reason, fix] =
    bearerToken !== undefined
      ? ["FLYTE_API_KEY is set, and is sent in place of a login", "Unset it to log in as a person."]
      : insecure
        ? [
            `admin.insecure is true${where}, so no credentials are sent`,
            "Set it to false, if the control plane has TLS.",
          ]
        : [
            `admin.authType is ${authType}${where}, whose tokens come without a login`,
            "Use `--auth-type Pkce` to log in as a person.",
          ];
  return new AppEnvError("UNSUPPORTED", `${reason}.`, { fix });
}
