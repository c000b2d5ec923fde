import { create, fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import {
  CreateRunRequestSchema,
  InputsSchema,
  RelationType,
  RunSchema,
  RunSpecSchema,
  RunSource,
  type CreateRunRequest,
  type NamedLiteral,
  type RunMessage,
  type RunSpec,
  type TaskIdentifier,
} from "@appenv/protocol/tasks";
import { reruns, runs, translator } from "../../api/clients.ts";
import type { Schema } from "../../parts/form/fields.ts";
import { actionPath, plainName, type Name } from "../../route/names.ts";

/** A run that is to be started. */
export interface NewRun {
  readonly task: TaskIdentifier;
  /** The filled in form of its inputs. */
  readonly form: Schema;
  /** Labels, and annotations, of one that is made from no other run. */
  readonly settings?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  /** The run that it is made from. */
  readonly from?: { readonly run: Name; readonly recover: boolean; readonly spec: RunSpec | undefined };
}

/** A run that runs again from an action of another one. */
export interface NewRunFrom {
  readonly task: TaskIdentifier;
  readonly run: Name;
  readonly spec: RunSpec | undefined;
  /** Of the run. */
  readonly inputs: readonly NamedLiteral[];
  readonly action: string;
  /** The filled in form of the action's inputs; undefined if it has none. */
  readonly form: Schema | undefined;
}

/** Starts a run. @returns the path of its page. */
export async function startRun({ task, form, settings, from }: NewRun): Promise<string> {
  const literals = await literalsOf(form);
  const { run } = await runs.createRun(
    request(task, literals, from === undefined ? settings && specOf(settings) : specFrom(from)),
  );
  return pathOfRun(run);
}

/** Starts a run from an action of another one. @returns the path of its page. */
export async function startFrom({ task, run, spec, inputs, action, form }: NewRunFrom): Promise<string> {
  const runSpec = { ...specFrom({ run, recover: true, spec }), recover: { forceRerunActions: [action] } };
  const asked = request(task, inputs, runSpec);
  const given = form && toBinary(InputsSchema, create(InputsSchema, { literals: [...(await literalsOf(form))] }));
  const answer = await reruns.rerunFrom({
    request: toBinary(CreateRunRequestSchema, asked),
    inputs: given === undefined ? {} : { [action]: given },
  });
  return pathOfRun(fromBinary(RunSchema, answer.run));
}

async function literalsOf(form: Schema): Promise<readonly NamedLiteral[]> {
  const json = form as Parameters<typeof translator.launchFormJsonToLiterals>[0]["json"] & object;
  return (await translator.launchFormJsonToLiterals({ json })).literals;
}

function request(
  task: TaskIdentifier,
  literals: readonly NamedLiteral[],
  runSpec?: MessageInitShape<typeof RunSpecSchema>,
): CreateRunRequest {
  return create(CreateRunRequestSchema, {
    id: { case: "projectId", value: { name: task.project, domain: task.domain } },
    task: { case: "taskId", value: task },
    inputWrapper: { case: "inputs", value: { literals: [...literals] } },
    source: RunSource.WEB,
    ...(runSpec === undefined ? {} : { runSpec: create(RunSpecSchema, runSpec) }),
  });
}

function specOf({ labels, annotations }: NonNullable<NewRun["settings"]>) {
  return { labels: { values: { ...labels } }, annotations: { values: { ...annotations } } };
}

/** Labels and env vars are those of the run it is made from. */
function specFrom({ run, recover, spec }: NonNullable<NewRun["from"]>) {
  return {
    ...(spec?.labels === undefined ? {} : { labels: spec.labels }),
    ...(spec?.envs === undefined ? {} : { envs: spec.envs }),
    relation: { relatedTo: plainName(run), relationType: recover ? RelationType.RECOVER : RelationType.RERUN },
  };
}

function pathOfRun(run: RunMessage | undefined): string {
  return actionPath(run?.action?.id?.run, "a0");
}
