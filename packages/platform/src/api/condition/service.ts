import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import { endOfLink, type ActionRecord } from "@appenv/engine";
import { answerType, sampleOf, type ConditionService } from "@appenv/protocol/tasks";
import { callerOf } from "../access/principal.ts";
import type { ConditionLinks } from "../answer/condition-links.ts";
import { invalidRequest, readRunId } from "../requests/ids.ts";
import type { RunReader } from "../run/run-reader.ts";

/** AppEnv's own ConditionService: see `condition.proto`. */
export function conditionService(reader: RunReader, links: ConditionLinks): ServiceImpl<typeof ConditionService> {
  return {
    signalCondition: async ({ project, domain, run, condition, values }, context) => {
      if (values.length === 0) throw invalidRequest("The request has no value.");
      const id = readRunId({ project, domain, name: run });
      return { kept: await reader.engine.signalByName(id, condition, values, callerOf(context)) };
    },
    getCondition: ({ project, domain, run, action }) => {
      const { id, condition, createdAt, phase } = reader.action({
        ...readRunId({ project, domain, name: run }),
        action,
      });
      if (condition === undefined || phase !== "PAUSED") {
        throw new AppEnvError("CONDITION_NOT_WAITING", `The action '${action}' is no condition that waits.`);
      }
      const { name, prompt, timeoutMs } = condition;
      const link = links.to(id, endOfLink(createdAt.getTime(), timeoutMs));
      return { name, prompt, link, example: exampleOf(condition) };
    },
  };
}

const examples: Readonly<Record<string, string>> = { boolean: "true", integer: "1", float: "1.5", string: "text" };

function exampleOf(condition: NonNullable<ActionRecord["condition"]>): string {
  const { schema } = condition;
  if (schema === undefined) return examples[condition.type] ?? "VALUE";
  const sample = sampleOf(schema.jsonSchema);
  const isText = typeof sample === "string" && answerType(condition).kind !== "struct";
  return isText ? sample : JSON.stringify(sample);
}
