import type { GraphNodeMessage } from "@appenv/protocol/tasks";
import type { StoredSecret } from "@appenv/protocol/secrets";
import { graph, projects, secrets } from "./clients.ts";
import { placeIn, scopes, type SecretId } from "./secret-place.ts";

const mostProjects = 500;
const pageSize = 500;

/** All projects with their domains, as `PROJECT/DOMAIN`. */
export async function readPlaces(signal: AbortSignal): Promise<readonly string[]> {
  const { projects: found } = await projects.listProjects({ limit: mostProjects }, { signal });
  return (found?.projects ?? []).flatMap(({ id, domains }) => domains.map((domain) => `${id}/${domain.id}`));
}

/** The secrets that a project and domain can be given, those of wider scopes included. */
export async function readSecrets(
  place: Omit<SecretId, "name">,
  signal: AbortSignal,
): Promise<readonly StoredSecret[]> {
  const lists = await Promise.all(scopes.map((scope) => readAll(placeIn(scope, place), signal)));
  return lists.flat();
}

/** The apps and tasks of a project and domain by the secrets that their definitions ask for. */
export async function readUsers(
  { project, domain }: Omit<SecretId, "name">,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly GraphNodeMessage[]>> {
  const { graph: found } = await graph.getGraph({ project, domain }, { signal });
  const users = new Map<string, GraphNodeMessage[]>();
  for (const node of found?.nodes ?? []) {
    for (const secret of node.secrets) users.set(secret, [...(users.get(secret) ?? []), node]);
  }
  return users;
}

async function readAll(place: Omit<SecretId, "name">, signal: AbortSignal): Promise<readonly StoredSecret[]> {
  const all: StoredSecret[] = [];
  for (let token = "", isLast = false; !isLast; isLast = token === "") {
    const page = await secrets.listSecrets({ ...place, limit: pageSize, token }, { signal });
    all.push(...page.secrets);
    token = page.token;
  }
  return all;
}
