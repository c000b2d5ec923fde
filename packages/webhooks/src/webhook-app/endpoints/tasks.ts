import type { Task } from "@appenv/client/tasks";
import type { TaskDefinition } from "@appenv/protocol";
import { jsonAnswer } from "../../http/answer.ts";
import { objectOf, text } from "../../http/described.ts";
import { idempotencyKeyOf, readJsonObject } from "../../http/body.ts";
import type { Call } from "../../http/router.ts";
import { inputsFromJson } from "../../tasks/json-values.ts";
import { isAllowed, notAllowed } from "../allowlist.ts";
import type { Endpoint, WebhookApp } from "../endpoint.ts";

const names = { type: "array", items: text };

/** Tasks: what they are, and runs of them. */
export function taskEndpoints(app: WebhookApp): readonly Endpoint[] {
  const query = { version: text };
  return [
    {
      id: "run_task",
      method: "POST",
      path: "/run-task/{domain}/{project}/{name}",
      summary: "Start a run of a task; the body has its inputs",
      query,
      body: { type: "object", additionalProperties: true },
      answer: objectOf({ url: text, name: text }),
      async handle(call) {
        const task = await taskOf(app, call);
        const inputs = inputsFromJson(task.interface, await readJsonObject(call.request));
        const idempotencyKey = idempotencyKeyOf(call.request);
        const run = await task.run(inputs, idempotencyKey === undefined ? {} : { idempotencyKey });
        return jsonAnswer(200, { url: run.url, name: run.name });
      },
    },
    {
      id: "get_task",
      method: "GET",
      path: "/task/{domain}/{project}/{name}",
      summary: "The inputs and the settings of a task",
      query,
      answer: objectOf({
        name: text,
        version: text,
        task_type: text,
        required_args: names,
        default_input_args: names,
        cache: objectOf({
          behavior: text,
          version_override: { type: ["string", "null"] },
          serialize: { type: "boolean" },
        }),
        secrets: names,
      }),
      handle: async (call) => jsonAnswer(200, await shown(await taskOf(app, call))),
    },
  ];
}

async function taskOf({ allow }: WebhookApp, { params, query }: Call): Promise<Task> {
  const { domain = "", project = "", name = "" } = params;
  if (!isAllowed(allow.tasks, { domain, project, name })) throw notAllowed(`The task '${name}'`);
  const version = query.get("version");
  const { Task } = await import("@appenv/client/tasks");
  return Task.get(name, { domain, project, ...(version === null ? {} : { version }) });
}

async function shown(task: Task): Promise<object> {
  const { type, definition } = await detailsOf(task);
  const { inputs } = task.interface;
  const settings = definition?.settings.cache;
  const isOverride = settings?.behavior === "override";
  return {
    name: task.name,
    version: task.version,
    task_type: type,
    required_args: inputs.filter((input) => input.default === undefined).map(({ name }) => name),
    default_input_args: inputs.filter((input) => input.default !== undefined).map(({ name }) => name),
    cache: {
      behavior: settings?.behavior ?? "disable",
      version_override: isOverride ? settings.version : null,
      serialize: settings?.serialize ?? false,
    },
    secrets: (definition?.secrets ?? []).map(({ key }) => key),
  };
}

/** The details of a task that the client leaves out; the definition is undefined for tasks of other SDKs. */
async function detailsOf({ id }: Task): Promise<{ type: string; definition: TaskDefinition | undefined }> {
  const [{ connect }, { fromTaskSpec, TaskService, toTaskIdentifier }, { createClient }] = await Promise.all([
    import("@appenv/client/internal"),
    import("@appenv/protocol/tasks"),
    import("@connectrpc/connect"),
  ]);
  const { transport } = await connect();
  const { details } = await createClient(TaskService, transport).getTaskDetails({ taskId: toTaskIdentifier(id) });
  const spec = details?.spec;
  return { type: spec?.taskTemplate?.type ?? "", definition: spec === undefined ? undefined : fromTaskSpec(spec) };
}
