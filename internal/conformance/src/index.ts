export { adapterTests } from "./adapter/adapter-tests.ts";
export type { Abilities } from "./adapter/abilities.ts";
export type { AdapterUnderTest, FixtureOptions } from "./adapter/adapter-under-test.ts";
export { Fixture, order, orderReceipt } from "./adapter/fixture.ts";
export { Gate } from "./gate.ts";
export { serveForTest, type Served } from "./serve-for-test.ts";
export { serveExample, type ServedExample } from "./serve-example.ts";
export { openPage, type WatchedPage } from "./browser.ts";
export { systemProgram, type SystemProgram } from "./system.ts";
