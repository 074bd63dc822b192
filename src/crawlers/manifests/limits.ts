/** Longest manifest that is read with a tree reader, in UTF-16 units. The largest honest package.json known has 200 kB. */
export const MAX_MANIFEST = 4 * 1024 * 1024;
/** Longest lock file. Monorepo lock files reach 15 MB; the rest is `too-large`. */
export const MAX_LOCK = 32 * 1024 * 1024;
/** Requirements of one manifest, and packages of one lock file. More is a generated or hostile file. */
export const MAX_REQUIREMENTS = 20_000;
export const MAX_LOCKED = 200_000;
/** Nesting of JSON, TOML and XML values. Real manifests stay below 12. */
export const MAX_DEPTH = 64;
/** Values of one tree, so that `[[[],[],…` cannot fill memory. */
export const MAX_NODES = 3_000_000;
/** Includes, parents and variables followed in a row: longer chains and circles end here. */
export const MAX_CHAIN = 16;
/** Package names are at most 214 (npm) to 300 characters in every registry; more is not a name. */
export const MAX_NAME = 300;
/** A version requirement longer than this is cut. */
export const MAX_RANGE = 200;
