import express from "express";
import { order, receipt, receiptOf } from "./orders.ts";

const app = express();
app.get("/plain", (_, response) => void response.json({ message: "Hello, World!" }));
app.post("/orders", express.json(), (request, response) => {
  const body = order.parse(request.body);
  response.json(receipt.parse(receiptOf(body)));
});
app.listen(Number(process.env["PORT"]), "127.0.0.1");
