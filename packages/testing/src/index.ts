export { serveForTest, type ServeForTestOptions, type ServedForTest } from "./serve-for-test.ts";
