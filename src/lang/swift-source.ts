/**
 * The grammar of Swift is that of Swift 5.5. What came later is blanked out or replaced by as many characters of the
 * older language: places stay what they are, and names and strings are read from the source as it is.
 */

/** `#"a "quoted" word"#` */
const RAW = /(#{1,3})"(?!"")([^\n]{0,2000}?)"\1/g;
/** Directives of conditional compilation: of every branch something may be built. */
const DIRECTIVE = /^[ \t]*#(?:if|elseif|else|endif|warning|error|sourceLocation)\b[^\n]*/gm;
/** `#Preview { … }`, `#expect(…)`, `#isolation`: macros are calls and names. */
const MACRO = /#(?=[A-Za-z_]\w*)(?!(?:available|unavailable|selector|keyPath|colorLiteral|imageLiteral|fileLiteral)\b)/g;
/** `if let client, …`: the name stands for the same value. */
const SHORT_BINDING = /\b(?:let|var)(?<=(?:\b(?:if|guard|while)\s{1,20}|,\s{0,200})(?:let|var))(?=\s+\w+\s*(?:,|\{|else\b))/g;
/** `let role = if flag { … } else { … }`, `return switch kind { … }`: a declaration, and a statement behind it. */
const BRANCH_VALUE = /(?: =(?=\s{1,200}(?:if|switch)\s)|(?<=\breturn)\s(?=(?:if|switch)\s))/g;
/** `if let x = try? await f() { … }`, `(any Error).self` */
const EFFECT = /\bawait(?=\s)|\bany(?=\s[A-Z])/g;
const PACKAGE = /\bpackage(?=\s+(?:let|var|func|struct|class|enum|actor|init|protocol|extension|static|final|typealias)\b)/g;
/** `nonisolated(unsafe)`, `throws(Failure)` */
const ARGUMENT = /(?<=\b(?:nonisolated|throws))\([\w.<>, ]{1,80}\)/g;
const OWNERSHIP = /(?<=[:(,]\s{0,20})(?:sending|isolated|borrowing|consuming|each)(?=\s+[@\w(])/g;
const SUPPRESSED = /~(?=Copyable\b|Escapable\b)/g;

const blank = (text: string): string => ' '.repeat(text.length);

/** As long as `text`, and nearly always source that the grammar knows. */
export function olderSwift(text: string): string {
  let result = text;
  if (result.includes('#')) {
    result = result
      .replaceAll(RAW, (whole, marks: string, inner: string) => {
        const edge = blank(marks);
        return `${edge}"${inner.replaceAll(/["\\]/g, "'")}"${edge}`.padEnd(whole.length);
      })
      .replaceAll(DIRECTIVE, blank)
      .replaceAll(MACRO, ' ');
  }
  result = result
    .replaceAll(SHORT_BINDING, blank)
    .replaceAll(BRANCH_VALUE, (match) => ';'.padEnd(match.length))
    .replaceAll(EFFECT, blank)
    .replaceAll(ARGUMENT, blank);
  result = result.replaceAll(PACKAGE, 'public ').replaceAll(OWNERSHIP, blank);
  return result.includes('~') ? result.replaceAll(SUPPRESSED, ' ') : result;
}
