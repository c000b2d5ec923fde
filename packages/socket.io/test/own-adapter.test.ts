import { Server, type Namespace } from "socket.io";
import { Adapter } from "socket.io-adapter";
import { type HostContext } from "@appenv/core";
import { ProcessBackplane } from "@appenv/backplane";
import { expect, it, onTestFinished } from "vitest";
import { socketIo, type SocketIoOptions } from "../src/index.ts";

class OwnAdapter extends Adapter {}

/** The backplane of a platform, as far as one replica can tell. */
class OtherReplicas extends ProcessBackplane {
  override readonly name: string = "platform";
}

function context(backplane: HostContext["backplane"]): HostContext {
  return { name: "app", port: 8080, signal: new AbortController().signal, backplane };
}

async function adapterOf(options: SocketIoOptions, backplane = new OtherReplicas()): Promise<unknown> {
  const mount = socketIo(options);
  onTestFinished(() => mount.close());
  await mount.start(context(backplane));
  return mount.io.of("/").adapter;
}

it("uses the backplane where there are other replicas, for namespaces made before and after", async () => {
  const mount = socketIo();
  onTestFinished(() => mount.close());
  const early = mount.io.of("/early");
  await mount.start(context(new OtherReplicas()));
  for (const namespace of [early, mount.io.of("/"), mount.io.of("/late")]) {
    expect(nameOf(namespace.adapter)).toBe("BackplaneAdapter");
  }
});

it("replaces Socket.IO's own recovery within a process too", async () => {
  expect(nameOf(await adapterOf({ io: { connectionStateRecovery: {} } }))).toBe("BackplaneAdapter");
});

it("leaves Socket.IO's own adapter where there are none", async () => {
  expect(nameOf(await adapterOf({}, new ProcessBackplane()))).toBe("Adapter");
});

it.for<[string, () => SocketIoOptions]>([
  ["as an option", () => ({ io: { adapter: OwnAdapter } })],
  ["as a function, which the official adapters are", () => ({ io: { adapter: ownAdapter as never } })],
  ["in a server", () => ({ io: new Server({ adapter: OwnAdapter }) })],
  ["beside recovery", () => ({ io: { adapter: OwnAdapter, connectionStateRecovery: {} } })],
  ["on a server, afterwards", () => ({ io: new Server().adapter(OwnAdapter as never) })],
])("respects an adapter given %s", async ([, options]) => {
  expect(nameOf(await adapterOf(options()))).toBe("OwnAdapter");
});

it("respects an adapter set after it was made", async () => {
  const mount = socketIo();
  onTestFinished(() => mount.close());
  mount.io.adapter(OwnAdapter as never);
  await mount.start(context(new OtherReplicas()));
  expect(nameOf(mount.io.of("/").adapter)).toBe("OwnAdapter");
});

function ownAdapter(namespace: Namespace): Adapter {
  return new OwnAdapter(namespace);
}

/** Not the adapter itself: a failed assertion would print all of Socket.IO. */
function nameOf(adapter: unknown): string | undefined {
  return adapter?.constructor.name;
}
