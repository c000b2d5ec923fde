import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { LogLineOriginator } from "@appenv/protocol";
import type { TailActionLogsRequest, TailActionLogsResponseSchema } from "@appenv/protocol/tasks";
import type { ActionRecord } from "@appenv/engine";
import type { ActionLogLine, ActionLogs } from "../../logs/actions/action-logs.ts";
import { isTerminal } from "../run/phases.ts";
import { readActionId } from "../requests/ids.ts";
import type { RunReader } from "../run/run-reader.ts";
import { throwIfClosing } from "../rpc/errors.ts";

type TailInit = MessageInitShape<typeof TailActionLogsResponseSchema>;

/** The size of a message, in bytes; gRPC clients take 4 MiB at most. */
const messageBytes = 1024 * 1024;

/**
 * The lines of an attempt (0: of all) that are there, then new ones until the action has ended.
 *
 * @throws AppEnvError NOT_FOUND, INVALID_OPTION.
 */
export async function* tailActionLogs(
  reader: RunReader,
  logs: Pick<ActionLogs, "tail">,
  { actionId, attempt }: TailActionLogsRequest,
  signal: AbortSignal,
): AsyncGenerator<TailInit> {
  const id = readActionId(actionId);
  const action = reader.action(id);
  const ending = new AbortController();
  const unfollow = reader.feed.ofRun(id, (event) => {
    if (event.id.action === id.action && hasEnded(event.action, attempt)) ending.abort();
  });
  if (hasEnded(action, attempt)) ending.abort();
  const options = {
    follow: true,
    signal: AbortSignal.any([signal, ending.signal]),
    ...(attempt === 0 ? {} : { attempt }),
  };
  try {
    yield* messages(logs.tail(id, options));
  } finally {
    unfollow();
  }
  throwIfClosing(signal);
}

/** Tells whether no line will follow: nobody who waits for an attempt's lines wants to wait for the next attempt. */
function hasEnded(action: ActionRecord, only: number): boolean {
  return isTerminal(action.phase) || action.attempts.find(({ attempt }) => attempt === only)?.endedAt !== undefined;
}

/** Lines that are there at once in one message, up to its size. */
async function* messages(lines: AsyncGenerator<ActionLogLine, void>): AsyncGenerator<TailInit> {
  let open: ActionLogLine[] = [];
  let bytes = 0;
  let next = lines.next();
  try {
    for (;;) {
      const line = await soon(next);
      if (line !== "later" && line.done === true) break;
      if (line !== "later") {
        open.push(line.value);
        bytes += line.value.text.length;
        next = lines.next();
      }
      if (open.length > 0 && (line === "later" || bytes >= messageBytes)) {
        yield message(open);
        open = [];
        bytes = 0;
      }
      if (line === "later") await next;
    }
    if (open.length > 0) yield message(open);
  } finally {
    // A line may still be waited for: the tail's signal ends that, and nobody waits here.
    void lines.return().catch(() => {});
  }
}

/** The value of a promise if it is settled in this turn of the event loop. */
function soon<T>(promise: Promise<T>): Promise<T | "later"> {
  return Promise.race([promise, new Promise<"later">((resolve) => setImmediate(resolve, "later"))]);
}

function message(lines: readonly ActionLogLine[]): TailInit {
  return {
    logs: [
      {
        lines: lines.map(({ at, stream, text }) => ({
          timestamp: timestampFromMs(at),
          // Flyte's clients print lines unchanged.
          message: `${text}\n`,
          originator: stream === "platform" ? LogLineOriginator.SYSTEM : LogLineOriginator.USER,
        })),
      },
    ],
  };
}
