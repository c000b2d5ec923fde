import type { ServiceImpl } from "@connectrpc/connect";
import type { ConditionService } from "@appenv/protocol/tasks";
import { callerOf } from "../access/principal.ts";
import { invalidRequest, readRunId } from "../requests/ids.ts";
import type { RunReader } from "../run/run-reader.ts";

/** AppEnv's own ConditionService: see `condition.proto`. */
export function conditionService({ engine }: RunReader): ServiceImpl<typeof ConditionService> {
  return {
    signalCondition: async ({ project, domain, run, condition, values }, context) => {
      if (values.length === 0) throw invalidRequest("The request has no value.");
      const id = readRunId({ project, domain, name: run });
      return { kept: await engine.signalByName(id, condition, values, callerOf(context)) };
    },
  };
}
