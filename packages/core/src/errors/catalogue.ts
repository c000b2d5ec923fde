/** One entry of the catalogue: when the error is raised, and what the reader does about it. */
export interface ErrorEntry {
  /** The circumstances, as a sentence for `docs/errors.md`. */
  readonly when: string;
  /** The remedy, as an imperative sentence. */
  readonly fix: string;
}

/**
 * Every error AppEnv raises on purpose, by code. A code is never reused for another meaning.
 * `docs/errors.md` is generated from this list.
 */
export const errorCatalogue = {
  // Definitions: raised while an environment is constructed.
  INVALID_OPTION: {
    when: "An option of an environment has a value that is not allowed.",
    fix: "Correct the option named in the message; it says what is allowed.",
  },
  INVALID_NAME: {
    when: "An environment's name does not fit Flyte's rule.",
    fix: "Use at most 30 characters: lower case letters, digits and hyphens, with a letter or digit at both ends.",
  },
  INVALID_DURATION: {
    when: "A duration cannot be read.",
    fix: 'Write a number of seconds, or a string such as "500ms", "30s", "5m" or "1h".',
  },
  RESERVED_PORT: {
    when: "An app requests a port that Flyte reserves for its own sidecars.",
    fix: "Choose another port than 8012, 8022, 8112, 9090 and 9091.",
  },
  ROUTES_BEFORE_ENVIRONMENT: {
    when: "Routes with schemas of zod were declared on a Fastify app before its environment was made, and nothing would check them.",
    fix: "Construct the environment before these routes, or declare them in a plugin that you register; or set the compilers of `fastify-type-provider-zod` on the app, as without AppEnv.",
  },

  // Plans: raised while a set of environments is put together.
  DUPLICATE_NAME: {
    when: "Two environments of one plan have the same name.",
    fix: "Rename one of them.",
  },
  DEPENDENCY_CYCLE: {
    when: "Environments depend on each other in a circle.",
    fix: "Remove one `dependsOn` of the circle shown in the message.",
  },

  // Loading user code.
  FILE_NOT_FOUND: {
    when: "The file to serve does not exist.",
    fix: "Check the path; it is read relative to the current directory.",
  },
  LOAD_FAILED: {
    when: "The file with the environment could not be read, bundled or run.",
    fix: "Correct the error shown in the message. A replica has none of your shell's env vars: name those the file needs in `envVars` or `secrets`, or give them with `-e NAME=VALUE`.",
  },
  NATIVE_ADDON: {
    when: "Code that is to be uploaded to a cluster needs a package with a native addon, which is a file of its own for one platform.",
    fix: "Put the package into the image, and leave the rest to the upload: `image: Image.fromNode().withNpmPackages(NAME)`.",
  },
  NO_ENVIRONMENT: {
    when: "The file exports no environment of that name.",
    fix: "Export the environment, for example `export const env = new FastifyAppEnvironment({ ... })`, and name one the message lists.",
  },
  AMBIGUOUS_ENVIRONMENT: {
    when: "The file exports several environments and none was named.",
    fix: "Name one after the file: `appenv serve FILE ENV`, `appenv deploy FILE ENV`.",
  },
  NOT_LISTENING: {
    when: "An environment has nothing that answers requests.",
    fix: "Use an adapter such as `FastifyAppEnvironment`, register `env.server(() => http.createServer(...))`, or set `command`.",
  },
  START_FAILED: {
    when: "The app threw while it was starting.",
    fix: "Correct the error shown in the message; `appenv logs app NAME` has the whole output.",
  },
  START_TIMEOUT: {
    when: "The app did not become ready in time.",
    fix: "Look for a hook, a plugin or a health check that never finishes; `appenv logs app NAME` shows how far it came.",
  },
  CRASH_LOOP: {
    when: "The app's process keeps ending.",
    fix: "Read the last lines of `appenv logs app NAME`, correct the cause, and serve the app again.",
  },
  OOM_KILLED: {
    when: "A replica used more memory than `resources.memory` allows, and was ended.",
    fix: "Raise `resources.memory`, or look at what the app keeps in memory and loads when it starts.",
  },
  UNRESPONSIVE: {
    when: "A replica gave no sign of life, as in an endless loop, and was ended.",
    fix: "Look for a computation that keeps the event loop busy, and move it into a task.",
  },
  ROLLED_BACK: {
    when: "Too many requests of a new revision failed, so `traffic.rollback` took it out.",
    fix: "Read `appenv logs app NAME`, correct the cause, and serve the app again.",
  },
  PERMISSION_DENIED: {
    when: "An app or a task asks its platform for something that it may not have.",
    fix: "Do it as the user who runs the platform, with the `appenv` command or an API key; SECURITY.md lists what apps may do.",
  },
  MISSING_SECRET: {
    when: "A secret that the environment declares does not exist.",
    fix: "Create it with `appenv create secret NAME`; a process without a platform takes it from the variable in the message.",
  },
  SECRET_UNREADABLE: {
    when: "A stored secret cannot be decrypted.",
    fix: "Put back the key file that belongs to the database, or delete these secrets with `appenv delete secret NAME` and create them again.",
  },
  SECRET_EXISTS: {
    when: "A secret of that name already exists in that place.",
    fix: "Choose another name, or change it with `appenv create secret NAME --replace`.",
  },
  PARAMETER_FAILED: {
    when: "A parameter's value could not be made available to the app.",
    fix: "Correct the value named in the message.",
  },
  NO_PARAMETER: {
    when: "Code calls `getParameter` with a name that the app does not declare, or outside of an app.",
    fix: "Name a parameter that the message lists, or declare it in `parameters` of the environment.",
  },

  // Tools and installation.
  MISSING_PACKAGE: {
    when: "A package that this call needs is not installed.",
    fix: "Install it: `npm install appenv`.",
  },
  INVALID_CONFIG: {
    when: "A configuration file or variable cannot be read.",
    fix: "Correct the entry named in the message; `appenv create config` writes a valid file.",
  },

  // The platform on this machine.
  PLATFORM_RUNNING: {
    when: "A platform is already running for this directory.",
    fix: "Use it (`appenv serve` finds it by itself), or stop the process named in the message first.",
  },
  PORT_IN_USE: {
    when: "Another process listens on the port.",
    fix: "Stop that process, or choose another port with `--port`.",
  },
  STATE_CORRUPTED: {
    when: "The platform's database cannot be read.",
    fix: "Restore the file from a backup, or move it away and serve your apps again; the platform has changed nothing.",
  },
  DISK_FULL: {
    when: "The disk under the state directory is full.",
    fix: "Free some space, or set APPENV_HOME to a directory on another disk; what was stored before is intact.",
  },
  STATE_UNWRITABLE: {
    when: "The state directory cannot be written.",
    fix: "Give the user of the process write access to the directory, or set APPENV_HOME to another one.",
  },
  STATE_NEWER: {
    when: "The state directory was written by a newer version of AppEnv.",
    fix: "Update AppEnv, or set APPENV_HOME to another directory; the platform has changed nothing.",
  },

  // Images that are built for a cluster.
  NO_IMAGE_BUILDER: {
    when: "An image has to be built, and no program on this machine can build it.",
    fix: 'Install docker, podman or buildah and start its engine, or build the image elsewhere and name it: `image: "registry.example.com/team/app:1.2.0"`.',
  },
  IMAGE_FAILED: {
    when: "An image could not be built or pushed.",
    fix: "Correct the error shown in the message, which has the last lines of the program that builds.",
  },

  // Calls to the control plane.
  UNREACHABLE: {
    when: "The control plane does not answer.",
    fix: "Start one with `appenv up`, or check `admin.endpoint` in the configuration file.",
  },
  SUPERSEDED: {
    when: "Another change of an app came after this one, before this one's revision served.",
    fix: "Nothing, if the other one was meant; else serve this one again. `appenv get app NAME` shows how the app stands.",
  },
  NOT_FLYTE: {
    when: "Something answers at the endpoint, and it is no Flyte backend.",
    fix: "Check `admin.endpoint`: scheme, host and port. If a proxy in front of Flyte wants a login, set the credentials that it takes; `appenv doctor` shows what answers.",
  },
  NOT_FOUND: {
    when: "There is no such object on the control plane.",
    fix: "Check the name, the project and the domain; `appenv get app` lists what is there.",
  },
  UNAUTHENTICATED: {
    when: "A call had no credentials, or invalid ones.",
    fix: "Send an API key: `Authorization: Bearer KEY`; `appenv create api-key` makes one.",
  },
  UNSUPPORTED: {
    when: "The control plane cannot do what was asked.",
    fix: "Use another control plane, or leave out the option named in the message.",
  },
  CONTROL_PLANE: {
    when: "The control plane answered with an error.",
    fix: "Read the control plane's own message, shown here.",
  },

  // Calls between apps.
  NO_ENDPOINT: {
    when: "The endpoint of an app is read in a process that does not know it.",
    fix: "Add the app to `dependsOn` of the environment whose code asks, or serve it first.",
  },
  CALL_FAILED: {
    when: "A call of an app with `env.fetch` got no answer.",
    fix: "Check that the app named in the message is served: `appenv get app NAME` shows how it stands.",
  },

  // Webhooks.
  NOT_REPLAYABLE: {
    when: "A delivery to a webhook cannot be replayed.",
    fix: "Have its sender send it again.",
  },

  // Sockets.
  INVALID_MESSAGE: {
    when: "A message from an app does not fit the schema of its route.",
    fix: "Send what the route's `outgoing` schema describes; the message says where it does not fit.",
  },

  // Tasks: raised while one is defined.
  NO_LITERAL_TYPE: {
    when: "A schema of a task describes something that Flyte has no type for.",
    fix: "Use a schema that can be written as JSON, or a Date, FlyteFile or FlyteDir; the message says where it is.",
  },
  DUPLICATE_TASK: {
    when: "Two tasks of one environment have the same name.",
    fix: "Rename one of them.",
  },

  // Tasks: raised by a call, or shown as the reason why an action failed.
  INVALID_INPUT: {
    when: "The input of a task or a trigger, or the value of a condition, does not fit its schema.",
    fix: "Give what the message says; `appenv get task NAME` shows the inputs of a task.",
  },
  INVALID_OUTPUT: {
    when: "The value that a task returned does not fit its `output` schema, or cannot be written.",
    fix: "Return what the schema describes, or correct the schema.",
  },
  PAYLOAD_TOO_LARGE: {
    when: "Inputs, an output or the result of a trace have more bytes than the task allows.",
    fix: "Write large data to a file and pass it as a `FlyteFile`, or raise the task's `maxInlineBytes`.",
  },
  TASK_FAILED: {
    when: "A task threw an error; its name and message are shown.",
    fix: "Correct what the message says; `appenv logs run NAME` shows where it was thrown.",
  },
  ABORTED: {
    when: "A run or an action was aborted.",
    fix: "Start it again with `appenv rerun NAME`, if it was not meant.",
  },
  TIMED_OUT: {
    when: "An action took longer than its task's `timeout` allows.",
    fix: "Make it faster, or raise the limit the message names.",
  },
  WORKER_LOST: {
    when: "The process that ran an action ended, was killed, or ran out of memory.",
    fix: "Look at the action's log for the last lines; raise `resources.memory` if it says out of memory.",
  },
  CONDITION_TIMED_OUT: {
    when: "A condition was not signalled in time.",
    fix: "Signal it earlier with `appenv signal RUN ACTION VALUE`, or raise its `timeout`.",
  },
  EVENT_TIMED_OUT: {
    when: "The event that a run waited for was not sent within its timeout.",
    fix: "Send it (`appenv send NAME VALUE`) while the run waits, or give `waitFor` a longer `timeout`. Name and `key` must be the same on both sides.",
  },
  CONDITION_NOT_WAITING: {
    when: "A condition was signalled that no longer waits.",
    fix: "Look at the run; the condition was signalled before, or the run has ended.",
  },
  RUN_EXISTS: {
    when: "A run of that name already exists.",
    fix: "Choose another name, or leave it out: then one is made up.",
  },
  RUN_EXPIRED: {
    when: "A run with a time to live (`ttl`) had not begun when that was over.",
    fix: "Start it again if it is still wanted; give it a longer `ttl`, or look at why it waited: `appenv get run`.",
  },
  RUN_IN_USE: {
    when: "A run was to be deleted that has not ended, or whose results a run that goes on takes over.",
    fix: "Wait for its end, or abort it: `appenv abort run NAME`.",
  },
  IDEMPOTENCY_CONFLICT: {
    when: "An idempotency key was already used, with another task or other inputs.",
    fix: "Use another key for another run.",
  },
  KEY_TAKEN: {
    when: "Two different calls of one action have the same `key`.",
    fix: "Give each call a key of its own, for example one made from its input.",
  },
  TASK_CYCLE: {
    when: "A task calls itself with the same inputs, directly or through others, or calls are nested too deeply.",
    fix: "End the circle that the message shows.",
  },
  TOO_MANY_ACTIONS: {
    when: "A run has more actions than a control plane accepts.",
    fix: "Do more in each action, or divide the work into several runs.",
  },
  STREAM_LIMIT: {
    when: "A run wrote more into its streams than a platform keeps.",
    fix: "Write less, or into a file that the task returns; docs/guides/streams.md has the limits.",
  },
  STREAM_CLOSED: {
    when: "A task wrote into a stream that was closed before.",
    fix: "Close a stream after the last value, or leave it open: it ends with its run.",
  },
  NOT_IN_RUN: {
    when: "A function that only a running task can call was called outside a run.",
    fix: "Call it inside a task that was started with `run`.",
  },

  // The command line.
  INVALID_ARGUMENT: {
    when: "A command got arguments or options that it does not know.",
    fix: "Run the command with `--help`; it shows what it takes, with an example.",
  },
  OUT_OF_DATE: {
    when: "A file is not as `appenv gen client --check` would write it.",
    fix: "Run the command without `--check`, and commit the file.",
  },
  UNEXPECTED: {
    when: "Something failed that AppEnv did not foresee.",
    fix: "Run the command again with `--verbose` to see where it happened.",
  },
} as const;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errorCatalogue;
