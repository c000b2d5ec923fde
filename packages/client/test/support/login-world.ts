import { AuthorizationServer } from "@appenv-internal/conformance/flyte-backend/auth/authorization-server";
import { browse, type Page, type Person } from "@appenv-internal/conformance/flyte-backend/auth/browser";
import { startFlyteBackend, type FlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { reservePort } from "@appenv-internal/test-support/port-reservation";
import { IdentityService } from "@appenv/protocol/tasks";
import { createClient } from "@connectrpc/connect";
import type { ClientConfig } from "../../src/config/config.ts";
import { loginFile, readLogin, type StoredLogin } from "../../src/login/login-store.ts";
import { login } from "../../src/login/login.ts";
import { createOpenTransport, createTransport } from "../../src/transport/transport.ts";

/** A configuration that states nothing. */
export const plain: ClientConfig = { insecure: false, insecureSkipVerify: false, scopes: [], command: [] };

/** A Flyte backend that wants tokens, and the OpenID provider that gives them. */
export class LoginWorld implements AsyncDisposable {
  readonly server: AuthorizationServer;
  readonly backend: FlyteBackend;
  readonly redirectUri: string;
  readonly #release: () => void;

  private constructor(server: AuthorizationServer, backend: FlyteBackend, release: () => void) {
    this.server = server;
    this.backend = backend;
    this.#release = release;
    this.redirectUri = server.options.redirectUri;
  }

  static async start(header?: string): Promise<LoginWorld> {
    const { port, release } = await reservePort();
    const redirectUri = `http://localhost:${port}/callback`;
    const server = await AuthorizationServer.start({ redirectUri });
    const backend = await startFlyteBackend({ auth: { server, ...(header === undefined ? {} : { header }) } });
    return new LoginWorld(server, backend, release);
  }

  get endpoint(): string {
    return this.backend.endpoint;
  }

  /** Logs in by the browser. Gives the lines that were shown, and the page that the browser ended at. */
  async login(person: Person = {}, config: ClientConfig = plain): Promise<{ said: string[]; page: Page | undefined }> {
    const said: string[] = [];
    let page: Promise<Page> | undefined;
    const open = (url: string): void => void (page = browse(url, person));
    const options = { interactive: true, say: (line: string) => void said.push(line), open };
    await login(this.endpoint, config, createOpenTransport(this.endpoint, config), options);
    return { said, page: await page };
  }

  /** The name of the person that the control plane takes this process for. */
  async whoAmI(config: ClientConfig = plain): Promise<string> {
    const transport = createTransport(this.endpoint, config);
    return (await createClient(IdentityService, transport).userInfo({})).subject;
  }

  stored(): Promise<StoredLogin | undefined> {
    return readLogin(this.file, this.endpoint);
  }

  get file(): string {
    return loginFile(this.endpoint, plain);
  }

  /** Number of refreshed tokens. */
  get refreshes(): number {
    return this.server.grants.filter((grant) => grant === "refresh_token").length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.backend.close();
    await this.server.close();
    this.#release();
  }
}
