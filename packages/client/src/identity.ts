// For code that only checks whether a revision still runs what it was made of: nothing of this imports the bundler.
export { changesSince, fileChanges } from "./identity/contents.ts";
