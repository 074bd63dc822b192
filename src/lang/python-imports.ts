import type { Node } from 'web-tree-sitter';
import type { ImportFact } from './facts.ts';
import type { Lowering } from './frontend.ts';

/** Blocks around an import that are looked at. */
const MAX_BLOCKS = 6;
/** The handler takes a missing package. */
const MISSING = /^except\s*\*?\s*(?::|[^:\n]{0,200}\b(?:ImportError|ModuleNotFoundError|Exception|BaseException)\b)/;
/** The handler gives up: the package is needed. */
const GIVES_UP = /\braise\b|\bexit\s*\(|\bSystemExit\b|\bpip3? install\b|["']pip["']/;

/** What stands around an import: a check for type checkers, or a `try` that goes on without the package. */
function guardOf(node: Node, lo: Lowering): ImportFact['guard'] {
  let child = node;
  for (let step = 0; step < MAX_BLOCKS; step += 1) {
    const { parent } = child;
    if (!parent || parent.type === 'function_definition') return undefined;
    if (parent.type === 'if_statement' && child.equals(parent.childForFieldName('consequence') ?? node)) {
      const condition = parent.childForFieldName('condition');
      if (condition && /\bTYPE_CHECKING$/.test(lo.text(condition))) return 'typing';
    }
    if (parent.type === 'try_statement' && child.equals(parent.childForFieldName('body') ?? node)) {
      const handlers = parent.namedChildren.filter(({ type }) => type === 'except_clause').map((handler) => lo.text(handler));
      if (handlers.some((text) => MISSING.test(text) && !GIVES_UP.test(text))) return 'optional';
    }
    child = parent;
  }
  return undefined;
}

/** `import a.b as c`, `from a import b`. */
export function imports(node: Node, lo: Lowering): ImportFact[] {
  const { line, column } = lo.at(node);
  const guard = column > 1 ? guardOf(node, lo) : undefined;
  const from = node.childForFieldName('module_name');
  const facts: ImportFact[] = [];
  const bind = (written: string, alias: string | undefined): void => {
    if (from) facts.push({ module: lo.text(from), name: written, local: alias ?? written, line });
    // `import a.b` binds `a`; `import a.b as x` binds the submodule.
    else if (alias === undefined) facts.push({ module: written, local: written.split('.')[0] ?? written, line });
    else facts.push({ module: written, local: alias, line });
  };
  for (const child of node.childrenForFieldName('name')) {
    if (child.type === 'aliased_import') {
      const name = child.childForFieldName('name');
      const alias = child.childForFieldName('alias');
      if (name) bind(lo.text(name), alias ? lo.text(alias) : undefined);
    } else bind(lo.text(child), undefined);
  }
  if (from && node.namedChildren.some((child) => child.type === 'wildcard_import')) facts.push({ module: lo.text(from), name: '*', line });
  return guard ? facts.map((fact) => ({ ...fact, guard })) : facts;
}
