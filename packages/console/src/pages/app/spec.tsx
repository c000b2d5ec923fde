import type { JSX } from "preact";
import { toJson } from "@bufbuild/protobuf";
import { SpecSchema, type AppMessage, type Spec } from "@appenv/protocol";
import { Text } from "../../parts/text.tsx";
import { Values } from "../../parts/values.tsx";

/** What an app was made of: parameters, secrets by their names, and the whole definition. */
export function AppSpec({ app: { spec } }: { readonly app: AppMessage }): JSX.Element | null {
  if (spec === undefined) return null;
  const secrets = spec.securityContext?.secrets ?? [];
  const parameters = spec.inputs?.items ?? [];
  return (
    <section>
      <h2>Definition</h2>
      {spec.profile?.shortDescription ? (
        <p>
          <Text of={spec.profile.shortDescription} />
        </p>
      ) : null}
      <dl class="pairs">
        <Pair name="Access">{spec.securityContext?.allowAnonymous === true ? "open" : "needs an API key"}</Pair>
        <Pair name="Replicas">
          {spec.autoscaling?.replicas?.min ?? 0} to {spec.autoscaling?.replicas?.max ?? 1}
        </Pair>
        {parameters.map(({ name, value }) => (
          <Pair key={name} name={name}>
            <Text
              of={
                value.case === "stringValue"
                  ? value.value
                  : ((value.value as { name?: string } | undefined)?.name ?? "")
              }
            />
          </Pair>
        ))}
        {secrets.map(({ group, key, envVar }) => (
          <Pair key={`${group} ${key}`} name={`secret ${envVar}`}>
            <Text of={group === "" ? key : `${group}/${key}`} />
          </Pair>
        ))}
      </dl>
      <details>
        <summary>All of it</summary>
        <Values of={shown(spec)} what="the definition" />
      </details>
    </section>
  );
}

function Pair({
  name,
  children,
}: {
  readonly name: string;
  readonly children: JSX.Element | string | (string | number)[];
}): JSX.Element {
  return (
    <div>
      <dt>
        <Text of={name} />
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Values of env vars are not shown: people keep passwords in them, and others look over their shoulders. */
function shown(spec: Spec): unknown {
  return JSON.parse(JSON.stringify(toJson(SpecSchema, spec)), (key, value: unknown) =>
    key === "env" && Array.isArray(value)
      ? (value as readonly { key?: string }[]).map(({ key: name }) => ({ key: name, value: "…" }))
      : value,
  );
}
