// The parts of other programs that the benchmark uses; they are installed into `.peers/` only.

declare module "bullmq" {
  interface Connection {
    readonly host: string;
    readonly port: number;
    readonly maxRetriesPerRequest: null;
  }
  interface Options {
    readonly connection: Connection;
  }
  interface Data {
    readonly x: number;
  }
  export class Queue {
    constructor(name: string, options: Options);
    waitUntilReady(): Promise<unknown>;
    add(name: string, data: Data): Promise<{ waitUntilFinished(events: QueueEvents): Promise<unknown> }>;
    addBulk(
      jobs: readonly { readonly name: string; readonly data: Data; readonly opts: { readonly delay: number } }[],
    ): Promise<unknown>;
    close(): Promise<void>;
  }
  export class QueueEvents {
    constructor(name: string, options: Options & { readonly lastEventId: string });
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
  }
  export class Worker {
    constructor(name: string, process: (job: { readonly data: Data }) => Promise<unknown>, options: Options);
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
  }
}

declare module "@dbos-inc/dbos-sdk" {
  type Workflow = (x: number) => Promise<number>;
  interface Config {
    readonly name: string;
    readonly systemDatabaseUrl: string;
    readonly logLevel: string;
  }
  export const DBOS: {
    setConfig(config: Config): void;
    launch(): Promise<void>;
    shutdown(): Promise<void>;
    registerWorkflow(workflow: Workflow, config: { readonly name: string }): Workflow;
    runStep(step: () => Promise<number>, config: { readonly name: string }): Promise<number>;
    startWorkflow(workflow: Workflow): (x: number) => Promise<{ getResult(): Promise<number> }>;
  };
}
