import { fileURLToPath } from "node:url";

/** The file of the tasks and the app that the tests run. */
export const shop: string = fileURLToPath(new URL("apps/shop.ts", import.meta.url));
