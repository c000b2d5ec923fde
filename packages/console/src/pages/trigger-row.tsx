import type { JSX } from "preact";
import type { Firings, TriggerMessage } from "@appenv/protocol/tasks";
import { triggers } from "../api/clients.ts";
import { ChangeButton } from "../parts/change-button.tsx";
import { ListTable } from "../parts/list-table.tsx";
import { PhaseSign } from "../parts/phase.tsx";
import { Text } from "../parts/text.tsx";
import { Ago, msOf } from "../parts/time.tsx";
import { attempt } from "../parts/toast.tsx";
import { pathOf } from "../route/names.ts";
import { firesNext, firingsOf, type FiringsByTrigger } from "./trigger-firings.ts";
import { FireButton } from "./trigger-fire.tsx";
import { scheduleWords } from "./trigger-times.ts";

/** Triggers in a table. */
export function TriggerTable({
  of,
  firings,
  onChange,
}: {
  readonly of: readonly TriggerMessage[];
  readonly firings: FiringsByTrigger;
  readonly onChange: () => void;
}): JSX.Element {
  return (
    <ListTable label="Triggers" columns={["Trigger", "Task", "Schedule", "Last", "Next", "(Actions)"]}>
      {of.map((trigger) => (
        <TriggerRow
          key={`${trigger.id?.name?.taskName} ${trigger.id?.name?.name}`}
          trigger={trigger}
          firings={firingsOf(firings, trigger)}
          onChange={onChange}
        />
      ))}
    </ListTable>
  );
}

function TriggerRow({
  trigger,
  firings,
  onChange,
}: {
  readonly trigger: TriggerMessage;
  readonly firings: Firings | undefined;
  readonly onChange: () => void;
}): JSX.Element {
  const { id, automationSpec, active } = trigger;
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
        <LastFiring of={firings} />
      </td>
      <td>{active ? <Ago at={firesNext(firings)} /> : <span class="quiet">not active</span>}</td>
      <td class="row-buttons">
        <FireButton trigger={trigger} small />
        <ActiveSwitch trigger={trigger} onChange={onChange} small />
      </td>
    </tr>
  );
}

/** The last firing of a trigger, with the phase of its newest run. */
export function LastFiring({ of }: { readonly of: Firings | undefined }): JSX.Element | null {
  if (of === undefined || of.lastRun === "") {
    const at = msOf(of?.lastAt);
    return at === undefined ? <span class="quiet">never</span> : <Ago at={at} />;
  }
  const { project = "", domain = "" } = of.trigger ?? {};
  return (
    <>
      <PhaseSign of={of.lastPhase} />{" "}
      <a href={pathOf("runs", { project, domain, name: of.lastRun })}>
        {of.lastAt === undefined ? "fired by hand" : <Ago at={msOf(of.lastAt)} />}
      </a>
    </>
  );
}

/** Activates or deactivates a trigger. */
export function ActiveSwitch({
  trigger: { id, active },
  onChange,
  small = false,
}: {
  readonly trigger: Pick<TriggerMessage, "id" | "active">;
  readonly onChange: () => void;
  /** In the row of a table. */
  readonly small?: boolean;
}): JSX.Element {
  const change = async (): Promise<void> => {
    const names = id?.name === undefined ? [] : [id.name];
    await attempt(() => triggers.updateTriggers({ names, active: !active }), active ? "Deactivated." : "Activated.");
    onChange();
  };
  return (
    <ChangeButton
      class={small ? "small" : ""}
      aria-label={`${active ? "Deactivate" : "Activate"} ${id?.name?.name ?? ""}`}
      onClick={() => void change()}
    >
      {active ? "Deactivate" : "Activate"}
    </ChangeButton>
  );
}
