import type { JSX } from "preact";
import { ActionPhaseNumber, CatalogCacheStatus, type ActionAttempt, type ActionDetails } from "@appenv/protocol/tasks";
import { Phase } from "../../../parts/phase.tsx";
import { Ago, duration, msOf, Took } from "../../../parts/time.tsx";
import { ErrorText } from "./error-part.tsx";

const cacheWords: Readonly<Record<number, string>> = {
  [CatalogCacheStatus.CACHE_HIT]: "Its result is from the cache.",
  [CatalogCacheStatus.CACHE_MISS]: "The cache did not have its result.",
  [CatalogCacheStatus.CACHE_POPULATED]: "The cache did not have its result, and has it now.",
};

/** The attempts of an action: how long each waited for its turn, how long it ran, and why it ended. */
export function Attempts({ details }: { readonly details: ActionDetails }): JSX.Element {
  const cache = cacheWords[details.status?.cacheStatus ?? 0];
  return (
    <>
      {cache === undefined ? null : <p class="quiet">{cache}</p>}
      {details.attempts.length === 0 ? null : (
        <section>
          <h3>Attempts</h3>
          <table>
            <thead>
              <tr>
                <th scope="col">No.</th>
                <th scope="col">Phase</th>
                <th scope="col">Began</th>
                <th scope="col">Queued</th>
                <th scope="col">Ran</th>
              </tr>
            </thead>
            <tbody>
              {details.attempts.map((attempt, index) => (
                <AttemptRow key={attempt.attempt} attempt={attempt} isLast={index === details.attempts.length - 1} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

function AttemptRow({ attempt, isLast }: { readonly attempt: ActionAttempt; readonly isLast: boolean }): JSX.Element {
  const queued = transition(attempt, ActionPhaseNumber.QUEUED);
  const ran = transition(attempt, ActionPhaseNumber.RUNNING);
  return (
    <>
      <tr>
        <td>{attempt.attempt}</td>
        <td>
          <Phase of={attempt.phase} />
        </td>
        <td>
          <Ago at={msOf(attempt.startTime)} />
        </td>
        <td>{queued?.to === undefined ? "" : duration(queued.to - queued.from)}</td>
        <td>{ran === undefined ? "" : <Took from={ran.from} to={ran.to} />}</td>
      </tr>
      {attempt.errorInfo === undefined || isLast ? null : (
        <tr>
          <td class="attempt-error" colSpan={5}>
            <ErrorText info={attempt.errorInfo} />
          </td>
        </tr>
      )}
    </>
  );
}

function transition(
  { phaseTransitions }: ActionAttempt,
  phase: ActionPhaseNumber,
): { readonly from: number; readonly to: number | undefined } | undefined {
  const found = phaseTransitions.find((each) => each.phase === phase);
  const from = msOf(found?.startTime);
  return from === undefined ? undefined : { from, to: msOf(found?.endTime) };
}
