import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** A user of a registry. */
export interface RegistryLogin {
  readonly user: string;
  readonly password: string;
}

/** The file in which docker and podman keep logins, or the programs that keep them. */
interface LoginFile {
  readonly auths?: Readonly<Record<string, { readonly auth?: string }>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

/** The login that `docker login` or `podman login` stored for a registry. */
export async function registryLogin(host: string): Promise<RegistryLogin | undefined> {
  for (const file of files()) {
    const login = await loginIn(file, host === "docker.io" ? "https://index.docker.io/v1/" : host);
    if (login !== undefined) return login;
  }
  return undefined;
}

function files(): readonly string[] {
  const { DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR } = process.env;
  return [
    join(DOCKER_CONFIG ?? join(homedir(), ".docker"), "config.json"),
    ...(REGISTRY_AUTH_FILE === undefined ? [] : [REGISTRY_AUTH_FILE]),
    ...(XDG_RUNTIME_DIR === undefined ? [] : [join(XDG_RUNTIME_DIR, "containers", "auth.json")]),
  ];
}

async function loginIn(file: string, host: string): Promise<RegistryLogin | undefined> {
  const stored = await readFile(file, "utf8").then(
    (content) => JSON.parse(content) as LoginFile,
    () => ({}) as LoginFile,
  );
  const helper = stored.credHelpers?.[host] ?? stored.credsStore;
  const kept = stored.auths?.[host]?.auth;
  if (kept === undefined || kept === "") return helper === undefined ? undefined : ask(helper, host);
  const [, user = "", password = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(kept, "base64").toString("utf8")) ?? [];
  return { user, password };
}

/** The protocol of docker's credential helpers: the registry on stdin, JSON on stdout. */
async function ask(helper: string, host: string): Promise<RegistryLogin | undefined> {
  if (!/^[\w.-]+$/.test(helper)) return undefined;
  const child = spawn(`docker-credential-${helper}`, ["get"], { stdio: ["pipe", "pipe", "ignore"] });
  try {
    child.stdin.on("error", () => {}).end(host);
    const [answer] = await Promise.all([text(child.stdout), once(child, "close")]);
    const { Username: user, Secret: password } = JSON.parse(answer) as { Username?: string; Secret?: string };
    return user === undefined || password === undefined ? undefined : { user, password };
  } catch {
    return undefined;
  }
}
