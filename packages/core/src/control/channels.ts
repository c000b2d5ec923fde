/** The name of the channel of `node:diagnostics_channel` that says which calls of a control plane wait for an answer. */
export const waitingChannel: string = "appenv:call-waiting";

/** A message of `waitingChannel`: a call that has no answer yet. It comes again while the call waits. */
export interface CallWaiting {
  /** The control plane's URL. */
  readonly endpoint: string;
  /** Time that it has waited, in seconds. */
  readonly seconds: number;
}

/** The name of the channel for lines that a person has to read, such as the page to log in at. Each message is a line. */
export const personChannel: string = "appenv:person";

/** The name of the channel for an error with which the process ends, after which nothing can be thrown. */
export const endChannel: string = "appenv:end";
