// How an AppEnvError crosses the API: its message is the Connect error's own, the rest travels in headers.

/** The header of an error response that holds the AppEnvError's code. */
export const errorCodeHeader: string = "appenv-error-code";

/** The header of an error response that holds the AppEnvError's fix, percent-encoded (a header holds no Unicode). */
export const errorFixHeader: string = "appenv-error-fix";
