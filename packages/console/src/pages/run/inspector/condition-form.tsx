import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { ConditionPromptType, SimpleType, type ConditionAction, type LiteralType } from "@appenv/protocol/tasks";
import { runs } from "../../../api/clients.ts";
import type { LiveAction } from "../../../live/action-tree.ts";
import { ChangeButton } from "../../../parts/change-button.tsx";
import { Markdown } from "../../../parts/markdown.tsx";
import { Text } from "../../../parts/text.tsx";
import { attempt, say } from "../../../parts/toast.tsx";
import { plainName, type Name } from "../../../route/names.ts";
import { readAnswer, type Answer } from "./answer.ts";
import { SchemaAnswer } from "./schema-answer.tsx";

/** The question of a condition, and the ways to answer it. */
export function ConditionForm({
  run,
  action,
  condition,
}: {
  readonly run: Name;
  readonly action: Pick<LiveAction, "name" | "parent">;
  readonly condition: ConditionAction;
}): JSX.Element {
  const { prompt, promptType, description, type } = condition;
  const busy = useSignal(false);
  const simple = simpleType(type);
  const send = async (value: Answer): Promise<void> => {
    const request = {
      actionId: { run: plainName(run), name: action.name },
      parentActionName: action.parent,
      payload: { value },
    };
    busy.value = true;
    await attempt(() => runs.signalEvent(request), "Answered.");
    busy.value = false;
  };
  return (
    <section class="question" aria-label="It waits for an answer">
      {promptType === ConditionPromptType.MARKDOWN ? (
        <Markdown text={prompt} />
      ) : (
        <p class="prompt">
          <Text of={prompt} />
        </p>
      )}
      {description === "" ? null : (
        <p class="quiet">
          <Text of={description} />
        </p>
      )}
      {simple === undefined && type !== undefined ? (
        <SchemaAnswer type={type} busy={busy.value} onAnswer={(value) => void send({ case: "stringValue", value })} />
      ) : (
        <AnswerFields type={simple ?? SimpleType.STRING} busy={busy.value} onAnswer={(value) => void send(value)} />
      )}
    </section>
  );
}

const plain: ReadonlySet<SimpleType> = new Set([
  SimpleType.BOOLEAN,
  SimpleType.INTEGER,
  SimpleType.FLOAT,
  SimpleType.STRING,
]);

/** The type of an answer that needs no form of fields. */
function simpleType(type: LiteralType | undefined): SimpleType | undefined {
  if (type === undefined) return SimpleType.STRING;
  return type.type.case === "simple" && plain.has(type.type.value) ? type.type.value : undefined;
}

function AnswerFields({
  type,
  busy,
  onAnswer,
}: {
  readonly type: SimpleType;
  readonly busy: boolean;
  readonly onAnswer: (value: Answer) => void;
}): JSX.Element {
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  if (type === SimpleType.BOOLEAN) {
    return (
      <p class="buttons">
        <ChangeButton class="main" disabled={busy} onClick={() => onAnswer({ case: "boolValue", value: true })}>
          Yes
        </ChangeButton>
        <ChangeButton disabled={busy} onClick={() => onAnswer({ case: "boolValue", value: false })}>
          No
        </ChangeButton>
      </p>
    );
  }
  const send = (event: Event): void => {
    event.preventDefault();
    const answer = readAnswer(type, field.current?.value ?? "");
    if (answer === undefined) say("This is no number.", true);
    else onAnswer(answer);
  };
  return (
    <form class="line" onSubmit={send}>
      {type === SimpleType.STRING ? (
        <textarea ref={field} rows={3} aria-label="Answer" />
      ) : (
        <input ref={field} inputMode="decimal" aria-label="Answer, a number" required />
      )}
      <ChangeButton type="submit" class="main" disabled={busy}>
        Send
      </ChangeButton>
    </form>
  );
}
