/** Fields that Node's `fetch` has and a browser's has not: core's source is checked along with this package. */
interface RequestInit {
  dispatcher?: unknown;
  duplex?: unknown;
}

declare module "*.css";
