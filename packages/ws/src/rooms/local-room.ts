import { comparePositions, type Backplane, type BackplaneMessage, type Position, type Unsubscribe } from "@appenv/core";
import type { Frame } from "../connection/frame.ts";
import { frameOf } from "../connection/frame.ts";
import type { ServerMessage } from "../protocol.ts";
import type { Member } from "./member.ts";
import { decodePayload, envelopeFrame, plainFrame, type Payload } from "./payload.ts";
import { PresenceTable } from "./presence.ts";

/** A message that came over the backplane, read. */
interface Received extends Payload {
  readonly position: Position;
}

/** Messages that come while a member is still given what it missed. */
type Replaying = Received[];

/**
 * A room on this replica, for as long as it has members here. Messages that arrive in one turn of the event loop are
 * put into one buffer, which is built once and written to every member: a delivery costs one write, no copy.
 */
export class LocalRoom {
  readonly presence: PresenceTable;
  readonly #name: string;
  readonly #topic: string;
  readonly #backplane: Backplane;
  readonly #members: Map<Member, Replaying | undefined> = new Map();
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

  /** How many members it has on this replica. */
  get size(): number {
    return this.#members.size;
  }

  /** Takes a member in; resolves when it gets every message published from now on, after those it had missed. */
  async add(member: Member): Promise<void> {
    const replaying: Replaying = [];
    this.#members.set(member, replaying);
    this.#started ??= this.#start();
    await this.#started;
    const after = member.enveloped ? member.resume[this.#name] : undefined;
    if (after === undefined) {
      // Nobody asked for what came while it was joining, and its position says that it has it.
      replaying.length = 0;
      this.#greet(member, true);
    } else await this.#replay(member, after);
    this.#catchUp(member, replaying);
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
    const frames = new BatchFrames(batch, this.#name);
    for (const [member, replaying] of this.#members) {
      if (replaying === undefined) frames.sendTo(member);
      else replaying.push(...batch);
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

  async #replay(member: Member, after: Position | null): Promise<void> {
    const { messages, complete } = await this.#backplane.history(this.#topic, after ?? undefined);
    const received = messages.map(({ position, payload }) => ({ ...decodePayload(payload), position }));
    if (received.length > 0) new BatchFrames(received, this.#name).sendTo(member);
    const replaying = this.#members.get(member);
    const last = received.at(-1)?.position;
    if (replaying !== undefined && last !== undefined) dropUpTo(replaying, last);
    this.#greet(member, complete, last ?? after);
  }

  #greet(member: Member, complete: boolean, position: Position | null = this.#newest ?? null): void {
    if (!member.enveloped) return;
    const joined: ServerMessage = { type: "joined", room: this.#name, position, complete };
    member.wire.push(frameOf(JSON.stringify(joined)), `joined:${this.#name}`);
  }

  #catchUp(member: Member, replaying: Replaying): void {
    if (this.#members.get(member) !== replaying) return;
    if (replaying.length > 0) new BatchFrames(replaying, this.#name).sendTo(member);
    this.#members.set(member, undefined);
  }
}

function dropUpTo(messages: Received[], position: Position): void {
  const keep = messages.filter((message) => comparePositions(message.position, position) > 0);
  messages.splice(0, messages.length, ...keep);
}

type Form = "plain" | "json" | "text";

/** The frames of some messages in the forms members take them, each built when the first one asks for it. */
class BatchFrames {
  readonly #batch: readonly Received[];
  readonly #room: string;
  readonly #whole: Map<Form, Frame> = new Map();
  readonly #single: Map<Form, Frame[]> = new Map();
  readonly #left: ReadonlySet<string>;

  constructor(batch: readonly Received[], room: string) {
    this.#batch = batch;
    this.#room = room;
    this.#left = new Set(batch.map(({ except }) => except).filter((except) => except !== ""));
  }

  sendTo(member: Member): void {
    const form = !member.enveloped ? "plain" : member.isJson ? "json" : "text";
    if (!this.#left.has(member.id)) return member.wire.push(this.#wholeOf(form), this.#room);
    for (const [index, frame] of this.#singleOf(form).entries()) {
      if (this.#batch[index]?.except !== member.id) member.wire.push(frame, this.#room);
    }
  }

  #wholeOf(form: Form): Frame {
    let whole = this.#whole.get(form);
    if (whole === undefined) {
      const single = this.#singleOf(form);
      whole = single.length === 1 ? single[0]! : Buffer.concat(single);
      this.#whole.set(form, whole);
    }
    return whole;
  }

  #singleOf(form: Form): Frame[] {
    let single = this.#single.get(form);
    if (single === undefined) {
      single = this.#batch.map((message) =>
        form === "plain" ? plainFrame(message) : envelopeFrame(message, this.#room, message.position, form === "json"),
      );
      this.#single.set(form, single);
    }
    return single;
  }
}
