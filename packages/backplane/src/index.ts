// For the other packages of AppEnv, and for people who write a backplane. Redis has an entry of its own, so that nobody
// else loads or installs its client.
export { ProcessBackplane } from "./process-backplane.ts";
export { TopicLogs } from "./topic-logs.ts";
export { TopicSubscribers, type Subscription } from "./topic-subscribers.ts";
