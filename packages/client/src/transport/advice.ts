import type { DescMethod } from "@bufbuild/protobuf";

/** The advice where something was not found, by the service that was asked. */
const missing: Readonly<Record<string, string>> = {
  AppService: "Check the name, the project and the domain; `appenv get app` lists the apps that are there.",
  AppLogsService: "Check the name, the project and the domain; `appenv get app` lists the apps that are there.",
  AppLogService: "Check the name, the project and the domain; `appenv get app` lists the apps that are there.",
  MetricsService: "Check the name, the project and the domain; `appenv get app` lists the apps that are there.",
  ReplicaService: "Check the name, the project and the domain; `appenv get app` lists the apps that are there.",
  RevisionService: "Check the name and the revision; `appenv get revision APP` lists those that are there.",
  RunService: "Check the name, the project and the domain; `appenv get run` lists the runs that are there.",
  RunControlService: "Check the name, the project and the domain; `appenv get run` lists the runs that are there.",
  ActionsService: "Check the name, the project and the domain; `appenv get run` lists the runs that are there.",
  ConditionService: "Check the run and the action; `appenv get action RUN` lists those that are there.",
  TaskService: "Check the name, the project and the domain; `appenv get task` lists the tasks that are there.",
  TriggerService: "Check the name, the project and the domain; `appenv get trigger` lists those that are there.",
  SecretService: "Check the name and the scope; `appenv get secret` lists the secrets that are there.",
  ApiKeyService: "Check the id; `appenv get api-key` lists the keys that are there.",
  ProjectService: "Check the name of the project: `--project`, or `task.project` of the configuration file.",
};

/** By the methods of services that are about several things. */
const missingByMethod: Readonly<Record<string, string>> = {
  CreateUploadLocation: "Check the name of the project: `--project`, or `task.project` of the configuration file.",
  UploadInputs: "Check the task and the project; `appenv get task` lists the tasks that are there.",
  GetActionData: "Check the run and the action; `appenv get action RUN` lists those that are there.",
  TailLogs: "Check the run, the action and the attempt; `appenv get action RUN` lists those that are there.",
};

/** The remedy of a NOT_FOUND, by the method that was called; undefined: the catalogue's. */
export function adviceOfMissing(method: DescMethod | undefined): string | undefined {
  if (method === undefined) return undefined;
  return missing[method.parent.name] ?? missingByMethod[method.name];
}
