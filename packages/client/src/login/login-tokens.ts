import { AppEnvError } from "@appenv/core";
import type { Transport } from "@connectrpc/connect";
import type { ClientConfig } from "../config/config.ts";
import type { TokenSource } from "../transport/token-source.ts";
import type { LoginAsker } from "./ask-for-login.ts";
import { canAsk } from "./can-ask.ts";
import { withLoginLock } from "./login-lock.ts";
import { deleteLogin, loginFile, readLogin, writeLogin, type StoredLogin } from "./login-store.ts";

/** A token is refreshed so long before its end, in milliseconds; or at half of its life, if that is later. */
const earlyMs = 60_000;

/**
 * The tokens of a stored login. One is used until shortly before its end, and refreshed when it is refused.
 */
export class LoginTokens implements TokenSource, LoginAsker {
  header = "authorization";
  readonly #endpoint: string;
  readonly #config: ClientConfig;
  readonly #open: () => Transport;
  readonly #file: string;
  #login: StoredLogin | undefined;
  #refreshAt = 0;
  #renewing: Promise<string> | undefined;
  #asking: Promise<void> | undefined;
  /** The errors after which a person has to log in. */
  readonly #needed: WeakSet<AppEnvError> = new WeakSet();

  /** @param open - Opens a transport without credentials, to ask the control plane where its tokens come from. */
  constructor(endpoint: string, config: ClientConfig, open: () => Transport) {
    this.#endpoint = endpoint;
    this.#config = config;
    this.#open = open;
    this.#file = loginFile(endpoint, config);
  }

  async get(): Promise<string | undefined> {
    const login = this.#login ?? this.#take(await readLogin(this.#file, this.#endpoint));
    if (login === undefined || login.refreshToken === undefined || Date.now() < this.#refreshAt)
      return login?.accessToken;
    return this.#renewOnce(login.accessToken).catch((error: unknown) => {
      if (isOver(login)) throw error;
      return login.accessToken;
    });
  }

  /** @throws AppEnvError UNAUTHENTICATED if a person has to log in. */
  async renew(refused: string | undefined): Promise<string> {
    return this.#renewOnce(refused);
  }

  canHelp(error: unknown): boolean {
    const { cause } = (error ?? {}) as { cause?: unknown };
    return canAsk() && [error, cause].some((each) => AppEnvError.is(each) && this.#needed.has(each));
  }

  ask(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(): Promise<void> {
    const { login } = await import("./login.ts");
    this.#take(await login(this.#endpoint, this.#config, this.#open()));
  }

  #renewOnce(refused: string | undefined): Promise<string> {
    this.#renewing ??= this.#renew(refused).finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  async #renew(refused: string | undefined): Promise<string> {
    const before = await readLogin(this.#file, this.#endpoint);
    const next = before && (await withLoginLock(this.#file, () => this.#refresh(refused)));
    if (next !== undefined) return this.#take(next).accessToken;
    this.#login = undefined;
    const error = loginNeeded(this.#endpoint, before !== undefined);
    this.#needed.add(error);
    throw error;
  }

  /** The login that another process has stored meanwhile, or a refreshed one; undefined if the server gives none. */
  async #refresh(refused: string | undefined): Promise<StoredLogin | undefined> {
    const stored = await readLogin(this.#file, this.#endpoint);
    if (stored === undefined || (stored.accessToken !== refused && !isOver(stored))) return stored;
    if (stored.refreshToken === undefined) return undefined;
    const { refreshTokens } = await import("./oauth.ts");
    const tokens = await refreshTokens(stored, this.#config, stored.refreshToken);
    if (tokens === undefined) {
      await deleteLogin(this.#file);
      return undefined;
    }
    const next = { ...stored, ...tokens };
    await writeLogin(this.#file, next);
    return next;
  }

  #take<T extends StoredLogin | undefined>(login: T): T {
    this.#login = login;
    if (login === undefined) return login;
    this.header = login.header;
    const { expiresAt = Number.POSITIVE_INFINITY } = login;
    this.#refreshAt = expiresAt - Math.min(earlyMs, Math.max(0, expiresAt - Date.now()) / 2);
    return login;
  }
}

function loginNeeded(endpoint: string, hadLogin: boolean): AppEnvError {
  const message = hadLogin
    ? `The login to the control plane at ${endpoint} has ended.`
    : `The control plane at ${endpoint} wants a login.`;
  return new AppEnvError("UNAUTHENTICATED", message, {
    fix: `Run \`appenv login --endpoint ${endpoint}\`; a program that nobody watches gets FLYTE_API_KEY, or admin.authType ClientSecret or ExternalCommand.`,
  });
}

function isOver({ expiresAt = Number.POSITIVE_INFINITY }: StoredLogin): boolean {
  return Date.now() >= expiresAt;
}
