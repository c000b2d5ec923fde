// An AppEnvError crosses the API as a Connect error: the message is the same, the rest travels in headers.

/** The header of an error response that holds the AppEnvError's code. */
export const errorCodeHeader: string = "appenv-error-code";

/** The header of an error response that holds the AppEnvError's fix, percent-encoded (a header holds no Unicode). */
export const errorFixHeader: string = "appenv-error-fix";
