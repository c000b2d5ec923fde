import { fetchWithin } from "@appenv/core";
import { isRefused } from "../transport/system-code.ts";

/** What a control plane says about itself. */
export interface Probe {
  /** Whether it is AppEnv's embedded platform. */
  readonly embedded: boolean;
  /** The embedded platform's state directory. */
  readonly home?: string;
  /** Nothing listens there. */
  readonly refused?: true;
}

const limits = { bytes: 64 * 1024, ms: 2_000 };

/** Asks `GET /healthz`. Whatever does not answer like the embedded platform is another control plane, or none. */
export async function probe(endpoint: string): Promise<Probe> {
  try {
    const response = await fetchWithin(`${endpoint}/healthz`, {}, limits);
    const answer = (await response.json()) as { platform?: unknown; home?: unknown } | null;
    const embedded = answer?.platform === "appenv";
    return typeof answer?.home === "string" ? { embedded, home: answer.home } : { embedded };
  } catch (error) {
    return isRefused(error) ? { embedded: false, refused: true } : { embedded: false };
  }
}
