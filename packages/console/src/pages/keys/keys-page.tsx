import type { JSX } from "preact";
import { mayChange, person } from "../../api/session.ts";
import { Empty } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { ApiKeys } from "./api-keys.tsx";
import { Secrets } from "./secrets.tsx";

/** API keys, and secrets by their names. Neither the text of a key nor the value of a secret is ever read again. */
export function KeysPage(): JSX.Element {
  return (
    <>
      <PageHead title="Keys and secrets" />
      {person.value === undefined ? null : mayChange.value ? (
        <>
          <ApiKeys />
          <Secrets />
        </>
      ) : (
        <Empty>A viewer's key shows neither keys nor secrets.</Empty>
      )}
    </>
  );
}
