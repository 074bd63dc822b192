/** Text of hostile bytes for args and facts: printable, short. */
export function printable(text: string, limit = 120): string {
  const clean = text.slice(0, limit + 1).replaceAll(/[^\x20-\x7e\u00a0-\u024f\u0370-\u1fff\u3040-\u9fff\uac00-\ud7a3]/g, '?');
  return clean.length > limit ? `${clean.slice(0, limit)}…` : clean;
}
