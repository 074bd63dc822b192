/**
 * The YAML library composes nodes recursively. Near the end of the stack V8 cannot compile a
 * regular expression and aborts the process, which no `catch` sees; so depth is bounded before
 * the library is called.
 */
const MAX_FLOW = 200;
/** `- - - x`: each dash is a level. */
const MAX_COMPACT = 60;
/** A block level costs a space at least. */
const MAX_INDENT = 400;
/** Anchors and tags of one line: the library looks back over all of them for each. */
const MAX_PROPERTIES = 500;

/** True where a text nests deeper, or decorates a line more, than any configuration does. Quotes are not understood: many open brackets in prose count. */
export function isTooDeep(text: string): boolean {
  let flow = 0;
  let indent = 0;
  let compact = 0;
  let properties = 0;
  let start = true;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c === 10 || c === 13) {
      start = true;
      indent = 0;
      compact = 0;
      properties = 0;
      continue;
    }
    if (start) {
      if (c === 32 || c === 9) {
        indent += 1;
        if (indent > MAX_INDENT) return true;
        continue;
      }
      // `-`, `?`, `:` or a property before a blank opens another level on the same line.
      if (c === 45 || c === 63 || c === 58) {
        const next = text.charCodeAt(i + 1);
        if (next === 32 || next === 9) {
          compact += 1;
          if (compact > MAX_COMPACT) return true;
          continue;
        }
      }
      start = false;
    }
    if (c === 38 || c === 33) {
      properties += 1;
      if (properties > MAX_PROPERTIES) return true;
    }
    if (c === 91 || c === 123) {
      flow += 1;
      if (flow > MAX_FLOW) return true;
    } else if ((c === 93 || c === 125) && flow > 0) flow -= 1;
  }
  return false;
}
