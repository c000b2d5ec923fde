// Written by `appenv gen client` from what is deployed. Do not edit it: run that again.
import { AppClient } from "@appenv/client";
import { TaskClient, type DeployedTask } from "@appenv/client/tasks";

/** The tasks, by their full names. */
export interface Tasks {
  /** Adds up an order. */
  readonly "billing.bill": DeployedTask<BillingBillInput, BillingBillOutput>;
}

/** Runs the tasks, each in the version that was deployed last. */
export const tasks: TaskClient<Tasks> = new TaskClient<Tasks>();

/** The operations of the app 'shop'. */
export interface ShopRoutes {
  readonly "POST /orders": {
    readonly body: {
      /** as the catalogue names it */
      readonly item: string;
    };
    readonly response: {
      readonly id: number;
      /** as the catalogue names it */
      readonly item: string;
      readonly state: "open" | "shipped";
    };
  };
  /** One order. */
  readonly "GET /orders/{id}": {
    readonly path: {
      readonly id: number;
    };
    readonly response: {
      readonly id: number;
      /** as the catalogue names it */
      readonly item: string;
      readonly state: "open" | "shipped";
    };
  };
  /** Health of the app */
  readonly "GET /health": {
    readonly response: unknown;
  };
}

/** shop */
export const shop: AppClient<ShopRoutes> = new AppClient<ShopRoutes>("shop");

export type BillingBillInput = {
  readonly currency?: "EUR" | "USD";
  /** by when it is to be paid */
  readonly due?: Date | undefined;
  readonly items: readonly {
    readonly name: string;
    readonly cents: number;
  }[];
};

export type BillingBillOutput = {
  readonly cents: number;
  readonly currency: "EUR" | "USD";
  readonly due: Date;
};
