import { AppEnvError } from "../../errors/appenv-error.ts";
import { invalidOption } from "../../errors/invalid-option.ts";
import { readFlag, readText } from "../../environment/environment.ts";
import { durationMs, type Duration } from "../../values/duration.ts";
import type { Schema } from "../options/task-options.ts";
import { answerSchemaOf } from "../schema/answer-schema.ts";
import { checkKey } from "./call-key.ts";
import type { ConditionRequest } from "./run-context.ts";
import { currentRunContext } from "./current-run-context.ts";
import { checkOptions, type OptionNames } from "../../errors/known-options.ts";

/** The types of a condition's value, by name. */
export interface ConditionTypes {
  readonly boolean: boolean;
  readonly integer: number;
  readonly float: number;
  readonly string: string;
}

/** Options of a condition. Source: Flyte's `new_condition`. */
export interface ConditionOptions<
  Type extends keyof ConditionTypes = keyof ConditionTypes,
  Answer extends Schema | undefined = Schema | undefined,
> {
  /** Shown in the list of a run's actions. */
  readonly name: string;
  /** The question. Default `Approve?`. */
  readonly prompt?: string;
  /** Shows the prompt as Markdown. Default false. */
  readonly markdown?: boolean;
  /** The type of the answer. Default `boolean`. */
  readonly type?: Type;
  /**
   * A zod schema of the answer, instead of `type`: an object, a list, one of some texts. The platform refuses an answer that
   * does not fit its JSON Schema, and the question stays; refinements and transforms run in the task. A Flyte cluster has no
   * types but those of `type`.
   */
  readonly schema?: Answer;
  /** For people. */
  readonly description?: string;
  /** Time limit of the wait. Default: none. */
  readonly timeout?: Duration;
  /**
   * Names the condition outright, among all that its action calls: then neither its place in the code nor its prompt tells
   * it from others. At most 200 characters.
   */
  readonly key?: string;
}

const names: OptionNames<ConditionOptions> = {
  name: true,
  key: true,
  prompt: true,
  markdown: true,
  type: true,
  schema: true,
  description: true,
  timeout: true,
};

const types: readonly string[] = ["boolean", "integer", "float", "string"] satisfies (keyof ConditionTypes)[];

type AnswerOf<Type extends keyof ConditionTypes, Answer extends Schema | undefined> = Answer extends Schema
  ? Answer["_zod"]["output"]
  : ConditionTypes[Type];

/** The answer to a condition, when somebody has given it. */
export interface ConditionAnswer<Answer> extends Promise<Answer> {
  /**
   * A link for the person who is to answer: a page that asks the question. Whoever has it can answer, once, until the
   * condition's time is over, or for 30 days. The same in every attempt.
   */
  readonly link: Promise<string>;
}

/**
 * Waits until somebody gives an answer: with `appenv signal`, on the run's page, by its link or through the API. Waiting takes
 * no place in a concurrency limit, and outlives restarts.
 *
 * @throws AppEnvError INVALID_OPTION, INVALID_DURATION, NO_LITERAL_TYPE, CONDITION_TIMED_OUT, ABORTED; INVALID_INPUT for an
 * answer that only the schema's own code refuses; outside a run NOT_IN_RUN.
 * @example
 * if (await condition({ name: "release", prompt: "Release it?", timeout: "1d" })) await release();
 * @example
 * const approval = condition({ name: "release", prompt: "Release it?" });
 * await mail({ to: boss, text: await approval.link });
 * if (await approval) await release();
 * @example
 * const refund = z.object({ approve: z.boolean(), amount: z.number().max(500), comment: z.string().optional() });
 * const { approve, amount } = await condition({ name: "refund", prompt: "Refund it?", schema: refund });
 */
export function condition<Type extends keyof ConditionTypes = "boolean", Answer extends Schema | undefined = undefined>(
  options: ConditionOptions<Type, Answer>,
): ConditionAnswer<AnswerOf<Type, Answer>> {
  const call = begin(options);
  const answer = call.then(({ answer: given }) => given) as Promise<AnswerOf<Type, Answer>>;
  // It may be awaited after its link: that it is aborted meanwhile is no uncaught error.
  answer.catch(() => {});
  return Object.defineProperty(answer, "link", {
    // Asked for only if it is looked at.
    get: () => call.then(({ link }) => link()),
  }) as ConditionAnswer<AnswerOf<Type, Answer>>;
}

async function begin(options: ConditionOptions): Promise<{ answer: Promise<unknown>; link: () => Promise<string> }> {
  const request = readCondition(options);
  const key = checkKey(`key of condition '${request.name}'`, options.key);
  const context = currentRunContext();
  if (context === undefined) throw new AppEnvError("NOT_IN_RUN", `The condition '${request.name}' is outside a run.`);
  const { answer, link } = context.condition(request, options.schema, key);
  answer.catch(() => {});
  // A promise that an asynchronous function returned would be waited for.
  return { answer, link };
}

function readCondition(options: ConditionOptions): ConditionRequest {
  const { name, prompt = "Approve?", type, schema } = options;
  checkOptions(options, `condition '${String(name)}'`, names);
  if (typeof name !== "string" || name === "" || name.length > 63) {
    throw invalidOption("name of a condition", name, "a text of at most 63 characters");
  }
  const of = (option: string): string => `${option} of condition '${name}'`;
  if (type !== undefined && !types.includes(type)) throw invalidOption(of("type"), type, `one of ${types.join(", ")}`);
  if (schema !== undefined && type !== undefined) {
    throw invalidOption(of("schema"), "a schema beside a type", "one of the two: leave out `type`");
  }
  const answer = schema === undefined ? undefined : answerSchemaOf(schema, of("schema"));
  return {
    name,
    prompt: readText(of("prompt"), prompt) ?? "",
    markdown: readFlag(of("markdown"), options.markdown, false),
    type: answer?.type.kind ?? type ?? "boolean",
    ...(answer && { schema: answer }),
    description: readText(of("description"), options.description),
    timeoutMs: options.timeout === undefined ? undefined : durationMs(options.timeout, of("timeout")),
  };
}
