import type { JSX } from "preact";
import type { TriggerMessage } from "@appenv/protocol/tasks";
import { triggers } from "../api/clients.ts";
import { now } from "../live/clock.ts";
import { ChangeButton } from "../parts/change-button.tsx";
import { ListTable } from "../parts/list-table.tsx";
import { Text } from "../parts/text.tsx";
import { Ago, msOf } from "../parts/time.tsx";
import { attempt } from "../parts/toast.tsx";
import { pathOf } from "../route/names.ts";
import { nextFiring, scheduleWords } from "./trigger-times.ts";

/** When a trigger fires next, in milliseconds since 1970; undefined if it does not. */
export function firesNext({ active, automationSpec, status }: TriggerMessage): number | undefined {
  const last = msOf(status?.triggeredAt) ?? msOf(status?.updatedAt) ?? msOf(status?.deployedAt);
  return active ? nextFiring(automationSpec, last, now.value) : undefined;
}

/** Triggers in a table. */
export function TriggerTable({
  of,
  onChange,
}: {
  readonly of: readonly TriggerMessage[];
  readonly onChange: () => void;
}): JSX.Element {
  return (
    <ListTable label="Triggers" columns={["Trigger", "Task", "Schedule", "Last", "Next", "(Actions)"]}>
      {of.map((trigger) => (
        <TriggerRow
          key={`${trigger.id?.name?.taskName} ${trigger.id?.name?.name}`}
          trigger={trigger}
          onChange={onChange}
        />
      ))}
    </ListTable>
  );
}

function TriggerRow({
  trigger,
  onChange,
}: {
  readonly trigger: TriggerMessage;
  readonly onChange: () => void;
}): JSX.Element {
  const { id, status, automationSpec, active } = trigger;
  const name = id?.name;
  return (
    <tr>
      <td>
        <a href={`${pathOf("triggers", name)}?task=${encodeURIComponent(name?.taskName ?? "")}`}>
          <Text of={name?.name ?? ""} />
        </a>
      </td>
      <td>
        <a href={pathOf("tasks", name === undefined ? undefined : { ...name, name: name.taskName })}>
          <Text of={name?.taskName ?? ""} />
        </a>
      </td>
      <td>
        <Text of={scheduleWords(automationSpec)} />
      </td>
      <td>
        <Ago at={msOf(status?.triggeredAt)} />
      </td>
      <td>{active ? <Ago at={firesNext(trigger)} /> : <span class="quiet">not active</span>}</td>
      <td>
        <ActiveSwitch trigger={trigger} onChange={onChange} />
      </td>
    </tr>
  );
}

/** Activates or deactivates a trigger. */
export function ActiveSwitch({
  trigger: { id, active },
  onChange,
}: {
  readonly trigger: Pick<TriggerMessage, "id" | "active">;
  readonly onChange: () => void;
}): JSX.Element {
  const change = async (): Promise<void> => {
    const names = id?.name === undefined ? [] : [id.name];
    await attempt(() => triggers.updateTriggers({ names, active: !active }), active ? "Deactivated." : "Activated.");
    onChange();
  };
  return (
    <ChangeButton class="small" onClick={() => void change()}>
      {active ? "Deactivate" : "Activate"}
      <span class="hidden"> {id?.name?.name}</span>
    </ChangeButton>
  );
}
