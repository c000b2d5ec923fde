// For the platform and the engine, which only ask whether a revision still runs what it was made of. An entry of its own
// since nothing of it imports the API's messages or the bundler: it loads in a tenth of the time of `./internal`.
export { changesSince, fileChanges } from "./bundle/contents.ts";
