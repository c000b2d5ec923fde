import { serve } from "@appenv/core";
import { ExpressAppEnvironment } from "@appenv/express";
import express from "express";
import { failures } from "./src/failures.ts";
import { itemRoutes } from "./src/routes/items.ts";
import { userRoutes } from "./src/routes/users.ts";
import { openStore } from "./src/store.ts";

const app = express();
const store = openStore();

app.use("/users", userRoutes(store));
app.use("/items", itemRoutes(store));
app.use(failures);

export const env = new ExpressAppEnvironment({
  name: "multi-file-app",
  app,
  description: "Users and what they own, in several files",
  requiresAuth: false,
});

if (import.meta.main) console.log((await serve(env)).endpoint);
