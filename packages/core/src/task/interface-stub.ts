export { taskInterfaceOf, valueTypeOf } from "./value-type-of.ts";
