import type { Node } from 'web-tree-sitter';

/** What hands back its value; in some languages the last expression of a body does, without a word. */
const RETURNS =
  /^(?:return|return_statement|return_expression|jump_expression|control_transfer_statement|arrow_expression_clause|yield_statement|body_statement|function_body)$/;
/** Lists that a call or a type makes, blocks, branches and cases. */
const AROUND =
  /^(?:call_suffix|call_expression|implicit_array_creation_expression|(?:implicit_)?object_creation_expression|expression_statement)$|(?:^|_)(?:block|body|statements?|list)$|^(?:switch|case|default|if|else|match|when)/;
const FUNCTION =
  /^(?:function_declaration|function_definition|function_item|generator_function_declaration|method_declaration|method_definition|method|singleton_method|local_function_statement|arrow_function|function_expression|property_declaration|computed_property|getter|accessor_declaration)$/;
/** Kinds of functions whose last expression is their value. */
const IMPLICIT =
  /^(?:arrow_function|function_item|function_declaration|function_definition|method|singleton_method|property_declaration|computed_property|getter)$/;
/** What gives a function without a name of its own one. */
const NAMED = /^(?:variable_declarator|pair|public_field_definition|field_definition|assignment_expression)$/;
/** Blocks, branches and cases between a value and its function. */
const MAX_CLIMB = 16;

/** The name of the function that hands back what stands in `node`: `availableModels() { return ["a", "b"] }`. */
export function returnedBy(node: Node): Node | undefined {
  let returned = false;
  for (let at: Node | null = node, climbed = 0; at && climbed < MAX_CLIMB; at = at.parent, climbed++) {
    const { type } = at;
    const isFunction = FUNCTION.test(type);
    returned ||= RETURNS.test(type) || (isFunction && IMPLICIT.test(type));
    const name =
      type === 'function_body'
        ? signed(at)
        : isFunction
          ? (nameOf(at) ?? (at.parent && NAMED.test(at.parent.type) ? nameOf(at.parent) : undefined))
          : undefined;
    if (name) return returned ? name : undefined;
    if (!returned && !isFunction && !AROUND.test(type)) return undefined;
    if (/^(?:class|struct|impl|trait|interface|object|protocol)_(?!creation)/.test(type)) return undefined;
  }
  return undefined;
}

/** Kotlin's grammar names no fields. */
function nameOf(node: Node): Node | undefined {
  for (const field of ['name', 'key', 'left', 'property']) {
    const found = node.childForFieldName(field);
    if (found) return found;
  }
  const [first] = node.namedChildren.filter((item) => /^(?:simple_identifier|variable_declaration)$/.test(item.type));
  return first?.type === 'variable_declaration' ? (first.namedChild(0) ?? undefined) : first;
}

/** Dart's body stands beside what it is the body of. */
function signed(body: Node): Node | undefined {
  const before = body.previousNamedSibling;
  const signature = before?.type === 'method_signature' ? before.namedChild(0) : before;
  return (signature?.type.endsWith('signature') && signature.childForFieldName('name')) || undefined;
}
