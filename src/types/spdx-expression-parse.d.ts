/** The package ships no types. Throws `Error` on what is no SPDX expression. */
declare module 'spdx-expression-parse' {
  export default function parse(source: string): object;
}
