import type { JSX } from "preact";
import type { EndedReplicaMessage, ReplicaMessage, ReplicaReportMessage } from "@appenv/protocol";
import { ListTable } from "../../parts/list-table.tsx";
import { memory } from "../../parts/numbers.ts";
import { Text } from "../../parts/text.tsx";
import { Ago, duration, msOf, Took } from "../../parts/time.tsx";

/** The replicas of an app one by one, and those that ended lately. */
export function Replicas({ report }: { readonly report: ReplicaReportMessage | undefined }): JSX.Element {
  const { replicas = [], ended = [], restarts = 0n } = report ?? {};
  return (
    <section>
      <h2>Replicas</h2>
      {report !== undefined && replicas.length === 0 ? <p class="empty">No replica runs.</p> : null}
      {replicas.length === 0 ? null : (
        <ListTable label="Replicas" columns={["Replica", "State", "Age", "Memory", "In flight", "Requests", "Failed"]}>
          {replicas.map((replica) => (
            <Running key={replica.name} replica={replica} />
          ))}
        </ListTable>
      )}
      {ended.length === 0 ? null : (
        <details>
          <summary>
            {ended.length} ended lately,{" "}
            {restarts === 0n ? "no restarts" : restarts === 1n ? "1 restart" : `${restarts} restarts`}
          </summary>
          <ListTable label="Ended replicas" columns={["Replica", "Ended", "Lived", "Why"]}>
            {ended.map((replica) => (
              <Ended key={replica.name} replica={replica} />
            ))}
          </ListTable>
        </details>
      )}
    </section>
  );
}

const states: Readonly<Record<string, readonly [tone: string, sign: string]>> = {
  ready: ["good", "●"],
  starting: ["busy", "◔"],
  draining: ["waits", "◑"],
};

function Running({ replica }: { readonly replica: ReplicaMessage }): JSX.Element {
  const { name, revision, state, startedAt, memoryBytes, inFlight, requests, failures } = replica;
  const [tone, sign] = states[state] ?? ["quiet", "◌"];
  return (
    <tr>
      <Named name={name} revision={revision} />
      <td class={`phase ${tone}`}>
        <span class="sign" aria-hidden="true">
          {sign}
        </span>{" "}
        {state}
      </td>
      <td>
        <Took from={msOf(startedAt)} to={undefined} />
      </td>
      <td class="number">{memoryBytes === 0n ? "–" : memory(Number(memoryBytes))}</td>
      <td class="number">{inFlight}</td>
      <td class="number">
        <span class="live-count">{String(requests)}</span>
      </td>
      <td class={failures === 0n ? "number" : "number bad"}>{String(failures)}</td>
    </tr>
  );
}

function Ended({ replica }: { readonly replica: EndedReplicaMessage }): JSX.Element {
  const { name, revision, startedAt, endedAt, code, message, exitCode, signal } = replica;
  const [first = "", ...more] = message.split("\n");
  const [from, to] = [msOf(startedAt) ?? 0, msOf(endedAt) ?? 0];
  return (
    <tr>
      <Named name={name} revision={revision} />
      <td>
        <Ago at={to} />
      </td>
      <td class="number">{duration(to - from)}</td>
      <td class="wraps">
        {code === "" ? null : <code class="bad">{code} </code>}
        <Text of={first} />
        {/* A crash says so itself. */}
        {code === "" ? (
          <span class="quiet"> {signal === "" ? `exit code ${exitCode ?? "unknown"}` : signal}</span>
        ) : null}
        {more.length === 0 ? null : (
          <pre class="quiet">
            <Text of={more.join("\n")} />
          </pre>
        )}
      </td>
    </tr>
  );
}

function Named({ name, revision }: { readonly name: string; readonly revision: bigint }): JSX.Element {
  return (
    <td>
      <Text of={name} />
      <span class="quiet block">revision {String(revision)}</span>
    </td>
  );
}
