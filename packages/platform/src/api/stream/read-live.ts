import { AppEnvError } from "@appenv/core";
import { sendEvents, type EventsEnd, type ServerEvent } from "@appenv-internal/http/event-sink";
import { firstOffset } from "@appenv-internal/http/run-events";
import type { RunRecord } from "@appenv/engine";
import type { Admitted } from "../access/principal.ts";
import { runPage } from "../public-url.ts";
import type { RunReader } from "../run/run-reader.ts";
import { livePlaceOf, type LivePlace } from "./live-path.ts";
import type { LiveRequest } from "./live-request.ts";
import type { ReadableRun, ReadTokens } from "./read-tokens.ts";
import { runEvents, shownRun } from "./run-events.ts";
import { streamEvents } from "./stream-events.ts";

/** The sender of a request to read live: somebody whom the API has let in, or whoever has a token that reads one run. */
export type LiveCaller = Pick<Admitted, "principal" | "ended"> | { readonly readToken: string };

/** Needs of reading live. */
export interface LiveSources {
  readonly reader: RunReader;
  readonly tokens: ReadTokens;
}

/** The permission to read a run. */
interface Permit {
  /** Aborted when the caller's credential ends. */
  readonly ended: AbortSignal | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly mayRead: (run: RunRecord) => boolean;
}

/** A refusal, with its status. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** With a token that reads one run, and without cookies, any page may read it. */
const openToPages = { "access-control-allow-origin": "*" };

/**
 * Answers with a run, with its changes or with one of its streams, over the transport that the request asks for, until there
 * is no more, the caller's credential has ended, or the platform closes.
 *
 * @throws Errors of the platform itself; the caller is told when events have begun.
 */
export async function readLive(
  sources: LiveSources,
  live: LiveRequest,
  caller: LiveCaller,
  closing: AbortSignal,
): Promise<void> {
  const headers = "readToken" in caller ? openToPages : {};
  try {
    const [path = ""] = (live.request.url ?? "").split("?", 1);
    const place = livePlaceOf(path);
    if (place === undefined)
      throw new Refusal(404, "A stream is at /streams/PROJECT/DOMAIN/RUN/NAME, its run one above.");
    const from = firstOffset(live.request);
    if (from === undefined) throw new Refusal(400, "The offset is no number from 0.");
    const permit = permitOf(caller, place, sources.tokens);
    const run = sources.reader.run(place.id);
    if (!permit.mayRead(run)) throw new Refusal(404, `There is no run '${place.id.run}' for this token any more.`);
    await answer(sources, live, { place, from, run, permit, closing });
  } catch (error) {
    if (error instanceof Refusal) return live.refuse(error.status, error.message, headers);
    if (!AppEnvError.is(error, "NOT_FOUND") || live.hasBegun()) throw error;
    live.refuse(404, error.message, headers);
  }
}

interface Asked {
  readonly place: LivePlace;
  readonly from: number;
  readonly run: RunRecord;
  readonly permit: Permit;
  readonly closing: AbortSignal;
}

async function answer(sources: LiveSources, live: LiveRequest, asked: Asked): Promise<void> {
  const { reader, tokens } = sources;
  const { place, from, run, permit, closing } = asked;
  const { id, stream } = place;
  const page = runPage(id, tokens.endpoint);
  if (stream === undefined && live.answer !== undefined)
    return live.answer(shownRun(reader, run, page), permit.headers);
  const sink = await live.open(permit.headers);
  if (sink === undefined) return;
  const signals = [sink.gone, closing, ...(permit.ended === undefined ? [] : [permit.ended])];
  const signal = AbortSignal.any(signals);
  const events: AsyncIterable<ServerEvent> =
    stream === undefined
      ? runEvents(reader, id, page, signal)
      : streamEvents(reader.engine, id, stream, { from, signal });
  const reason = (): EventsEnd => {
    if (closing.aborted) return "restart";
    return permit.ended?.aborted === true ? "unauthorized" : "done";
  };
  await sendEvents(sink, events, reason);
}

/** @throws Refusal */
function permitOf(caller: LiveCaller, { id }: LivePlace, tokens: ReadTokens): Permit {
  if ("readToken" in caller) return permitOfToken(tokens.read(caller.readToken), id);
  const { principal, ended } = caller;
  if (principal.kind === "app" && (principal.project !== id.project || principal.domain !== id.domain)) {
    throw new Refusal(403, `The token of ${principal.subject} is for another project or domain.`);
  }
  return { ended, headers: {}, mayRead: () => true };
}

function permitOfToken(known: ReadableRun | undefined, { project, domain, run }: LivePlace["id"]): Permit {
  if (known === undefined) throw new Refusal(401, "The token has expired, or this platform has not made it.");
  const { id, createdAt, expiresAt } = known;
  if (id.project !== project || id.domain !== domain || id.run !== run) {
    throw new Refusal(403, "The token is for another run.");
  }
  return {
    ended: AbortSignal.timeout(Math.max(expiresAt - Date.now(), 0)),
    headers: openToPages,
    mayRead: ({ root }) => root.createdAt.getTime() === createdAt,
  };
}
