import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import { ProjectState, type ProjectMessage, type ProjectSchema, type ProjectService } from "@appenv/protocol/tasks";
import { invalidRequest } from "../requests/ids.ts";
import { pageTokens } from "@appenv-internal/state/page-token";
import { pageOf } from "../requests/pages.ts";
import type { ProjectStore, StoredProject } from "../../state/project-table.ts";

/** The one that is always there, as on the open-source backend. */
const firstProject = "flytesnacks";

const domains = ["development", "staging", "production"].map((id) => ({ id, name: id }));

/** Sources of projects. */
export interface ProjectSources {
  readonly store: ProjectStore;
  /** Projects that something was deployed to: they need not be created. */
  readonly used: () => Iterable<string>;
}

/** Flyte's ProjectService. */
export function projectService(sources: ProjectSources): ServiceImpl<typeof ProjectService> {
  const { store } = sources;
  return {
    createProject: ({ project }) => {
      const created = readProject(project);
      if (store.get(created.id) !== undefined || created.id === firstProject) {
        throw new ConnectError(`There is a project '${created.id}' already.`, Code.AlreadyExists);
      }
      store.save(created);
      return {};
    },
    updateProject: ({ project }) => {
      const changed = readProject(project);
      find(sources, changed.id);
      store.save(changed);
      return {};
    },
    getProject: ({ id }) => ({ project: message(find(sources, id)) }),
    listProjects: ({ limit, token, filters }) => {
      const shown = all(sources).filter(({ isArchived }) => filters !== "" || !isArchived);
      const page = pageOf(shown, { limit: limit || shown.length, token }, pageTokens("projects", filters));
      return { projects: { projects: page.items.map((project) => message(project)), token: page.token } };
    },
  };
}

function readProject(project: ProjectMessage | undefined): StoredProject {
  const { id = "", name = "", description = "", labels, state } = project ?? {};
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(id)) {
    throw invalidRequest(
      `The project id '${id.slice(0, 100)}' must have at most 63 lower case letters, digits and hyphens, with a letter ` +
        "or digit at both ends.",
    );
  }
  const isArchived = state === ProjectState.ARCHIVED || state === ProjectState.SYSTEM_ARCHIVED;
  return { id, name: name || id, description, labels: { ...labels?.values }, isArchived };
}

function find(sources: ProjectSources, id: string): StoredProject {
  const found = all(sources).find((project) => project.id === id);
  if (found !== undefined) return found;
  throw new AppEnvError("NOT_FOUND", `There is no project '${id.slice(0, 100)}'.`, {
    fix: "Create it, or deploy something to it: then it is there.",
  });
}

/** By their ids. */
function all({ store, used }: ProjectSources): StoredProject[] {
  const stored = new Map(store.list().map((project) => [project.id, project]));
  const ids = new Set([firstProject, ...stored.keys(), ...used()]);
  return [...ids].toSorted().map((id) => stored.get(id) ?? unnamed(id));
}

function unnamed(id: string): StoredProject {
  return { id, name: id, description: "", labels: {}, isArchived: false };
}

function message({ id, name, description, labels, isArchived }: StoredProject): MessageInitShape<typeof ProjectSchema> {
  return {
    id,
    name,
    description,
    domains,
    labels: { values: { ...labels } },
    state: isArchived ? ProjectState.ARCHIVED : ProjectState.ACTIVE,
  };
}
