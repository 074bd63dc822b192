import type { Node } from 'web-tree-sitter';
import type { ImportFact } from './facts.ts';
import type { Lowering } from './frontend.ts';

export const unquote = (text: string): string => text.replaceAll(/^['"`]|['"`]$/g, '');

function importStatement(node: Node, lo: Lowering): ImportFact[] {
  const source = node.childForFieldName('source');
  const module = source ? unquote(lo.text(source)) : '';
  const { line } = lo.at(node);
  if (/^import type\b|^export type\b/.test(lo.text(node).slice(0, 12))) return [{ module, line }];
  const facts: ImportFact[] = [];
  for (const clause of node.namedChildren) {
    if (clause.type === 'import_clause') {
      for (const item of clause.namedChildren) {
        if (item.type === 'identifier') facts.push({ module, name: 'default', local: lo.text(item), line });
        else if (item.type === 'namespace_import') facts.push({ module, name: '*', local: lo.text(item.namedChild(0) ?? item), line });
        else if (item.type === 'named_imports') facts.push(...specifiers(item, module, line, lo));
      }
    } else if (clause.type === 'export_clause') facts.push(...specifiers(clause, module, line, lo));
    else if (clause.type === 'namespace_export') facts.push({ module, name: '*', local: lo.text(clause.namedChild(0) ?? clause), line });
  }
  if (facts.length === 0) return [node.type === 'export_statement' ? { module, name: '*', line } : { module, line }];
  return facts;
}

/** SvelteKit: `import { OPENAI_API_KEY } from "$env/static/private"`, `import { env } from "$env/dynamic/private"`. Workers: `import { env } from "cloudflare:workers"`. */
export function environment({ module, name }: ImportFact): 'variable' | 'object' | undefined {
  if (/^\$env\/static\/(?:private|public)$/.test(module)) return name === '*' ? 'object' : 'variable';
  return name === 'env' && /^(?:\$env\/dynamic\/(?:private|public)|cloudflare:workers)$/.test(module) ? 'object' : undefined;
}

function specifiers(list: Node, module: string, line: number, lo: Lowering): ImportFact[] {
  return list.namedChildren.flatMap((item): ImportFact[] => {
    const name = item.childForFieldName('name');
    if (!name) return [];
    const alias = item.childForFieldName('alias');
    return [{ module, name: lo.text(name), local: lo.text(alias ?? name), line }];
  });
}

/** `require("x")`, `require("x").y`, `await import("x")`. */
export function required(value: Node | null, lo: Lowering): { readonly module: string; readonly member?: string } | undefined {
  let current = value;
  let wanted: string | undefined;
  if (current?.type === 'member_expression') {
    const property = current.childForFieldName('property');
    wanted = property ? lo.text(property) : undefined;
    current = current.childForFieldName('object');
  }
  if (current?.type === 'parenthesized_expression') current = current.namedChild(0);
  if (current?.type === 'await_expression') current = current.namedChild(0);
  if (current?.type !== 'call_expression') return undefined;
  const callee = current.childForFieldName('function');
  const name = callee ? lo.text(callee) : '';
  const module = current.childForFieldName('arguments')?.namedChild(0);
  if ((name !== 'require' && name !== 'import') || module?.type !== 'string') return undefined;
  return { module: unquote(lo.text(module)), ...(wanted ? { member: wanted } : {}) };
}

export function imports(node: Node, lo: Lowering): ImportFact[] {
  if (node.type !== 'variable_declarator') return importStatement(node, lo);
  const found = required(node.childForFieldName('value'), lo);
  const name = node.childForFieldName('name');
  if (!found || !name) return [];
  const { line } = lo.at(node);
  const { module, member: wanted } = found;
  if (name.type === 'identifier') return [{ module, name: wanted ?? '*', local: lo.text(name), line }];
  return name.namedChildren.flatMap((item): ImportFact[] => {
    if (item.type === 'shorthand_property_identifier_pattern') return [{ module, name: lo.text(item), local: lo.text(item), line }];
    if (item.type !== 'pair_pattern') return [];
    const key = item.childForFieldName('key');
    const value = item.childForFieldName('value');
    return key && value ? [{ module, name: lo.text(key), local: lo.text(value), line }] : [];
  });
}
