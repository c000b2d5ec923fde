import type { Backplane, BackplaneMessage, Position, Unsubscribe } from "@appenv/core";
import { comparePositions } from "@appenv/core/internal";
import { frameOf } from "../connection/frame.ts";
import type { ServerMessage } from "../protocol.ts";
import { decodePayload, Frames, type Received, type Recipient } from "./messages.ts";
import { PresenceTable } from "./presence.ts";

/** A connection as a room sees it. */
export interface Member extends Recipient {
  /** The positions its client came back with, by room. */
  readonly resume: Readonly<Record<string, string | null>>;
}

/** The progress of a member that joined a moment ago. */
interface Joining {
  /** The messages that came while it is given those it missed; undefined afterwards. */
  waiting: Received[] | undefined;
  /** The newest message it has by another way than live; what is live may still be behind that. */
  upTo: Position | undefined;
}

/**
 * A room on this replica, for as long as it has members here. Messages that arrive in one turn of the event loop are
 * put into one buffer, which is built once and written to every member: a delivery costs one write, no copy.
 */
export class LocalRoom {
  readonly presence: PresenceTable;
  readonly #name: string;
  readonly #topic: string;
  readonly #backplane: Backplane;
  readonly #members: Map<Member, Joining | undefined> = new Map();
  #batch: Received[] = [];
  #newest: Position | undefined;
  #started: Promise<void> | undefined;
  #unsubscribe: Unsubscribe | undefined;

  constructor(name: string, topic: string, backplane: Backplane) {
    this.#name = name;
    this.#topic = topic;
    this.#backplane = backplane;
    this.presence = new PresenceTable(backplane, topic);
  }

  /** The number of members on this replica. */
  get size(): number {
    return this.#members.size;
  }

  /** Takes a member in; resolves when it gets every message published from now on, after those it had missed. */
  async add(member: Member): Promise<void> {
    const joining: Joining = { waiting: [], upTo: undefined };
    this.#members.set(member, joining);
    this.#started ??= this.#start();
    await this.#started;
    const after = member.enveloped ? member.resume[this.#name] : undefined;
    if (after === undefined) {
      joining.upTo = this.#newest;
      this.#greet(member, true, this.#newest);
    } else await this.#replay(member, joining, after);
    const waiting = joining.waiting ?? [];
    joining.waiting = undefined;
    if (this.#members.get(member) === joining) this.#sendNewer(member, joining, waiting);
  }

  remove(member: Member): void {
    this.#members.delete(member);
  }

  /** Sends what was received and not sent yet. */
  flush(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.#newest = batch.at(-1)!.position;
    const frames = new Frames(batch, this.#name);
    for (const [member, joining] of this.#members) {
      if (joining === undefined) frames.sendTo(member);
      else if (joining.waiting === undefined) this.#sendNewer(member, joining, batch);
      else joining.waiting.push(...batch);
    }
  }

  async stop(): Promise<void> {
    await this.#started?.catch(() => {});
    await this.presence.stop();
    await this.#unsubscribe?.();
  }

  async #start(): Promise<void> {
    this.#unsubscribe = await this.#backplane.subscribe(this.#topic, (message) => this.#receive(message));
    const { messages } = await this.#backplane.history(this.#topic);
    this.#newest ??= messages.at(-1)?.position;
    await this.presence.start();
  }

  #receive({ position, payload }: BackplaneMessage): void {
    if (this.#batch.length === 0) setImmediate(() => this.flush());
    this.#batch.push({ ...decodePayload(payload), position });
  }

  async #replay(member: Member, joining: Joining, after: Position | null): Promise<void> {
    const { messages, complete } = await this.#backplane.history(this.#topic, after ?? undefined);
    const received = messages.map(({ position, payload }) => ({ ...decodePayload(payload), position }));
    if (received.length > 0) new Frames(received, this.#name).sendTo(member);
    joining.upTo = received.at(-1)?.position ?? after ?? undefined;
    this.#greet(member, complete, joining.upTo);
  }

  #greet(member: Member, complete: boolean, position: Position | undefined): void {
    if (!member.enveloped) return;
    const joined: ServerMessage = { type: "joined", room: this.#name, position: position ?? null, complete };
    member.wire.push(frameOf(JSON.stringify(joined)), `joined:${this.#name}`);
  }

  /** From the first message on that it has not got by another way, a member is like all others. */
  #sendNewer(member: Member, { upTo }: Joining, messages: readonly Received[]): void {
    const isNewer = ({ position }: Received): boolean => upTo === undefined || comparePositions(position, upTo) > 0;
    const newer = messages.filter(isNewer);
    if (newer.length > 0) new Frames(newer, this.#name).sendTo(member);
    if (newer.length > 0 || upTo === undefined) this.#members.set(member, undefined);
  }
}
