const ESCAPE = /[.+?^${}()|[\]\\]/g;

/** Path pattern with `**` for any folders and `*` within a segment, anchored at any folder of the path. */
export function pathPattern(glob: string): RegExp {
  const body = glob
    .replace(/^\*\*\//, '')
    .split('**/')
    .map((part) =>
      part
        .split('*')
        .map((piece) => piece.replaceAll(ESCAPE, '\\$&'))
        .join('[^/]*'),
    )
    .join('(?:[^/]+/)*');
  return new RegExp(`(?:^|/)${body}${glob.endsWith('/') ? '' : '$'}`);
}
