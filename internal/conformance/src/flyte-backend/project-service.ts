import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { ProjectState, type ProjectSchema, type ProjectService } from "@appenv/protocol/tasks";

const domains = ["development", "staging", "production"].map((id) => ({ id, name: id }));

/** The service of projects. @param projects - Ids of those that exist. */
export function projectService(projects: Set<string>): Partial<ServiceImpl<typeof ProjectService>> {
  return {
    createProject: ({ project }) => {
      const id = project?.id ?? "";
      if (id === "") throw new ConnectError("project.id is required", Code.InvalidArgument);
      if (projects.has(id)) throw new ConnectError("project already exists", Code.AlreadyExists);
      projects.add(id);
      return {};
    },
    getProject: ({ id }) => {
      if (!projects.has(id)) throw new ConnectError("project not found", Code.NotFound);
      return { project: messageOf(id) };
    },
    listProjects: () => ({ projects: { projects: [...projects].map((id) => messageOf(id)) } }),
  };
}

function messageOf(id: string): MessageInitShape<typeof ProjectSchema> {
  return { id, name: id, domains, state: ProjectState.ACTIVE };
}
