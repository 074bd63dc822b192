import type { Node } from 'web-tree-sitter';
import type { LanguageId, LiteralFact, LiteralRole } from './facts.ts';
import type { Frontend, Interest } from './frontend.ts';
import { returnedBy } from './returned.ts';

/** Names have no blanks: a quote, a name, the same quote. A path may begin in the folder, or above it. */
const NAME = /(["'`])((?:\.{1,2}\/){0,8})([A-Za-z0-9@][\w./:@+-]{1,199})\1/g;
/** URLs, also as a part of a longer string or template. */
const URL_TEXT = /\bhttps?:\/\/[^\s"'`<>\\)]{4,400}/g;
/** `@Value("${ai.model:gpt-4o-mini}")`: the key of a property, and what it is where nobody sets it. */
const PROPERTY = /["'`]\$\{([\w.-]{1,100}):([A-Za-z0-9@][\w./:@+-]{1,199})\}["'`]/g;
/** `%w[gpt-4o gpt-4o-mini]`: Ruby's lists of words. */
export const WORDS = /%[wW][[({<]([\w./:@+\s-]{2,2000})[\])}>]/g;
/** `model_urls["vgg16_bn"].replace("https://", "http://")`: addresses of weights that lose their protection. */
const BARED =
  /((?:model_urls?|weights?(?:_urls?)?|checkpoints?(?:_urls?)?|pretrained(?:_urls?)?)(?:\[[^\]\n]{1,40}\])?)\.replace\(\s{0,40}["']https(?::\/\/|:)?["'],\s{0,40}["']http(?::\/\/|:)?["']/gi;
/** `model: gpt-4o` on a row of a longer text: a file of settings that a program writes. */
export const SETTING =
  /^[ \t]*(?:- )?(["']?)([\w.-]{0,40}model(?:[_-]?(?:name|id))?)\1[ \t]*[:=][ \t]*([A-Za-z0-9][\w./:@+-]{1,120})[ \t]*$/gim;
/** A folder of the Hub's cache, in a longer path: `~/.cache/huggingface/hub/models--owner--name/snapshots/*`. */
const CACHED = /\b((?:models|datasets)--[A-Za-z0-9][\w.-]{1,190})/g;
/** Paths under which a notebook service mounts what it is given: Kaggle. */
const MOUNTED = /["'`]((?:\/kaggle|\.\.)\/input\/[\w./-]{2,200})/g;
/** `process.env.OLLAMA_BASE_URL`, `os.environ["OLLAMA_HOST"]`, `env.LMSTUDIO_URL`: names of variables of the environment. */
const VARIABLE = /(?:\benv\.|["'`])([A-Z][A-Z0-9]{0,30}(?:_[A-Z0-9]{1,30}){1,5})(?![\w.])/g;
/** What a literal is given to, guessed from the characters before it (`Model string = `, of Go, too); the tree confirms it. */
const KEY_BEFORE =
  /(?:["'`]([\w-]{1,64})["'`]\s*,\s*|(?<![\w$])([A-Za-z_$][\w$-]{0,63})["'`]?\]?(?:\s{1,40}string)?\s*(?::[^=\n"'`(){},;]{0,40})?(?::=|=>|=|:)\s*(?:[\w.]{1,40}\(\s*|(?:[\w.]{1,40}\s*\/\s*){1,4})?[[({]?\s*|\b([A-Z]\w{0,30}Image)\(\s*)$/;
const KEY_WINDOW = 110;
/** A file with more is a table; the first ones tell what it is. */
const MAX_LITERALS = 400;
/** Strings whose place in the tree is looked up; in a table of many thousands each costs the length of the table. */
const MAX_LOOKED = 2_000;
const MAX_CLIMB = 9;
/** Characters of a row that are searched for the start of a comment. */
const MAX_SQL_ROW = 400;

/** What joins a string to the next one, and that one where it is a name as well: `+ "-mini"`. */
const JOINED = /[\s\\]{0,200}(\+(?![+=])|\.(?=\s*["'$\w])|(?=["']))(?:[\s\\]{0,200}(["'`])([\w./:@+-]{0,199})\2)?/y;
/** Strings of one sum; more make a text. */
const MAX_SUM = 8;

interface Sum {
  /** Undefined where something that is no name is added: its first string names nothing then. */
  readonly value: string | undefined;
  readonly end: number;
}

/** `"gpt-4" + "o-mini"`: what the string in `node` and those after it make together. */
function sumAt(text: string, node: Node, first: string, from: number, language: LanguageId): Sum {
  let [value, end] = [first, from];
  for (let count = 0; count < MAX_SUM; count++) {
    JOINED.lastIndex = end;
    const [whole = '', sign, quote, next = ''] = JOINED.exec(text) ?? [];
    const joins = sign === '+' || (sign === '.' && language === 'php') || (sign === '' && quote !== undefined && isPiece(node, end));
    if (!joins) return { value, end };
    if (quote === undefined) return { value: undefined, end };
    value += next;
    end += whole.length;
  }
  return { value: undefined, end };
}

/** Strings side by side are one: in Python by a node around them, in Dart as one node. */
function isPiece(node: Node, end: number): boolean {
  const around = [node, node.parent, node.parent?.parent].find(
    (item) => item && /^(?:concatenated_string|string_literal)$/.test(item.type),
  );
  return around !== null && around !== undefined && around.endIndex > end && (around.type !== 'string_literal' || around === node);
}

/** Strings that could name something by themselves, wherever they stand. */
export function findLiterals(
  text: string,
  root: Node,
  frontend: Frontend,
  interest: Interest,
  lineOf: (line: number) => number,
): LiteralFact[] {
  const facts: LiteralFact[] = [];
  /** Where the last sum of strings begins and ends. Each way of looking goes through the text anew. */
  let [begun, summed] = [0, 0];
  let looked = 0;
  const consider = (first: string, index: number): void => {
    if ((index > begun && index < summed) || ++looked > MAX_LOOKED) return;
    const node = root.descendantForIndex(index);
    if (!node || !frontend.strings.has(node.type)) return;
    let value: string | undefined = first;
    if (/["'`]/.test(text[index + first.length] ?? '') && !first.includes('://')) {
      begun = index;
      ({ value, end: summed } = sumAt(text, node, first, index + first.length + 1, frontend.language));
      if (value === undefined || (value !== first && !interest.literal(value, undefined))) return;
    }
    if (isSqlComment(node, text, index) || isMarkup(node, text, index) || isQuoted(node, text, index)) return;
    const context = contextOf(node, text, frontend);
    if (!context) return;
    const { row, column } = root.tree === node.tree ? node.startPosition : root.startPosition;
    facts.push({ value, line: lineOf(row + 1), column: column + 1, ...context });
  };
  for (const match of text.matchAll(NAME)) {
    if (facts.length >= MAX_LITERALS) return facts;
    const [, , folder = '', name = ''] = match;
    const value = folder + name;
    // What a notebook service mounts is looked for below.
    if (folder !== '' && (value.startsWith('../input/') || !interest.files.test(value))) continue;
    if (interest.literal(value, undefined)) {
      consider(value, match.index + 1);
      continue;
    }
    const window = text.slice(Math.max(0, match.index - KEY_WINDOW), match.index);
    if (!interest.keyed.test(window) && !interest.files.test(value)) continue;
    const before = KEY_BEFORE.exec(window);
    if (interest.literal(value, before?.[1] ?? before?.[2] ?? before?.[3])) consider(value, match.index + 1);
  }
  for (const match of text.includes('${') && frontend.language !== 'javascript' && frontend.language !== 'typescript'
    ? text.matchAll(PROPERTY)
    : []) {
    const [, property = '', value = ''] = match;
    const key = property.replaceAll('.', '_');
    const node = root.descendantForIndex(match.index + 1);
    if (facts.length >= MAX_LITERALS || !node || !frontend.strings.has(node.type) || !interest.literal(value, key)) continue;
    facts.push({ value, line: lineOf(node.startPosition.row + 1), column: node.startPosition.column + 1, role: 'assign', key });
  }
  for (const match of frontend.language === 'ruby' ? text.matchAll(WORDS) : [])
    for (const word of (match[1] ?? '').matchAll(/[\w./:@+-]{2,200}/g)) {
      if (facts.length >= MAX_LITERALS) return facts;
      if (interest.literal(word[0], undefined)) consider(word[0], match.index + 3 + word.index);
    }
  for (const match of text.matchAll(URL_TEXT)) {
    if (facts.length >= MAX_LITERALS) return facts;
    // A whole-string URL of name characters was seen above.
    const before = text[match.index - 1] ?? '';
    const after = text[match.index + match[0].length] ?? '';
    if (before === after && /^[\w./:@+-]+$/.test(match[0]) && /["'`]/.test(before)) continue;
    if (interest.literal(match[0], undefined)) consider(match[0], match.index + 1);
  }
  for (const match of text.includes('https') ? text.matchAll(BARED) : []) {
    if (facts.length >= MAX_LITERALS) return facts;
    const { row, column } = root.descendantForIndex(match.index)?.startPosition ?? root.startPosition;
    facts.push({ value: 'http://', line: lineOf(row + 1), column: column + 1, role: 'argument', callee: 'replace', key: match[1] ?? '' });
  }
  for (const match of text.matchAll(SETTING)) {
    if (facts.length >= MAX_LITERALS) return facts;
    const [whole, , key = '', value = ''] = match;
    if (!interest.literal(value, undefined) || ++looked > MAX_LOOKED) continue;
    const index = match.index + whole.lastIndexOf(value);
    const node = root.descendantForIndex(index);
    if (!node || node.startIndex > match.index || !(frontend.strings.has(node.type) || /heredoc/.test(node.type))) continue;
    if (isMarkup(node, text, index) || !contextOf(node, text, frontend)) continue;
    const line = text.slice(node.startIndex, index).split('\n').length - 1 + node.startPosition.row;
    facts.push({ value, line: lineOf(line + 1), column: whole.lastIndexOf(value) + 1, role: 'assign', key });
  }
  for (const match of text.includes('/input/') ? text.matchAll(MOUNTED) : []) {
    if (facts.length >= MAX_LITERALS) return facts;
    if (interest.literal(match[1] ?? '', undefined)) consider(match[1] ?? '', match.index + 1);
  }
  for (const match of /(?:models|datasets)--/.test(text) ? text.matchAll(CACHED) : []) {
    if (facts.length >= MAX_LITERALS) return facts;
    if (interest.literal(match[1] ?? '', undefined)) consider(match[1] ?? '', match.index);
  }
  for (const match of text.matchAll(VARIABLE)) {
    if (facts.length >= MAX_LITERALS) return facts;
    const [whole, value = ''] = match;
    if (!interest.variable(value)) continue;
    const node = root.descendantForIndex(match.index + whole.length - value.length);
    // Not in a comment, nor in what a message says of it.
    if (!node || clean(text.slice(node.startIndex, node.endIndex)) !== value) continue;
    const { row, column } = node.startPosition;
    facts.push({ value, line: lineOf(row + 1), column: column + 1, role: 'variable' });
  }
  return facts.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** `model TEXT, -- "gpt-4", "llama3"`: what a comment of the SQL in a string of many lines gives as an example. */
function isSqlComment(node: Node, text: string, index: number): boolean {
  const start = text.lastIndexOf('\n', index) + 1;
  return node.startIndex < start && /(?:^|\s)--\s/.test(text.slice(start, Math.min(index, start + MAX_SQL_ROW)));
}

/** `"only 'yolov8s.pt' does"`: a name that a sentence quotes. In JSON inside a string a mark stands before the quote. */
function isQuoted(node: Node, text: string, index: number): boolean {
  if (node.startIndex >= index - 1 || !/["'`]/.test(text[index - 1] ?? '')) return false;
  const before = text.slice(Math.max(node.startIndex + 1, index - 40), index - 1).trimEnd();
  return /[a-z.]$/.test(before) && !/\b(?:default|values|like)$/.test(before);
}

/** Characters of a string that show whether it is a page. */
const MAX_HEAD = 400;
/** An attribute or a text of a page that stands in a string of many lines. */
const isMarkup = (node: Node, text: string, index: number): boolean =>
  node.startIndex < text.lastIndexOf('\n', index) &&
  /<(?:div|html|!doctype|body|section|span|table|head|style|ul|p)\b/i.test(
    text.slice(node.startIndex, Math.min(index, node.startIndex + MAX_HEAD)),
  );

export interface LiteralContext {
  readonly role: LiteralRole;
  readonly key?: string;
  readonly callee?: string;
}

const TRANSPARENT =
  /^(?:string|interpreted_string|raw_string|encapsed_string|template_string|string_(?:content|fragment|literal|start|end|value)|concatenated_string|parenthesized_expression|binary_operator|await|as_expression|satisfies_expression|binary_expression|boolean_operator|conditional_expression|ternary_expression|value|expression_list|variable_initializer|equals_value_clause|literal_value|literal_element|interpreted_string_literal(?:_content)?|raw_string_literal(?:_content)?|interpolated_string_expression|interpolation|reference_expression|type_conversion_expression|array_element_initializer|new_expression|argument|value_argument|elvis_expression|additive_expression|if_expression|control_structure_body|when_entry|navigation_expression|property_delegate|(?:multi_)?line_string_literal|line_str_text|bare_string|interpolated_string|nil_coalescing_expression|if_null_expression|try_expression|tuple_expression|postfix_expression)$/;
const ENTRY =
  /^(?:pair|keyed_element|array_element_initializer|field_initializer|shorthand_field_initializer|property_assignment|element_value_pair|hash_key_symbol)$/;
const ASSIGN =
  /^(?:assignment|augmented_assignment|assignment_expression|assignment_statement|variable_declarator|const_spec|var_spec|short_var_declaration|let_declaration|const_item|static_item|public_field_definition|field_definition|property_element|const_element|named_expression|property_declaration|enum_member_declaration|enum_assignment|enum_constant|variable_assignment|operator_assignment)$/;
const PARAM =
  /^(?:default_parameter|typed_default_parameter|required_parameter|optional_parameter|assignment_pattern|object_assignment_pattern|parameter|simple_parameter|property_promotion_parameter|keyword_parameter|formal_parameter)$/;
const KEYWORD = /^(?:keyword_argument|named_argument|jsx_attribute)$/;
const LIST =
  /^(?:list|tuple|set|array|array_expression|array_creation_expression|initializer_expression|array_initializer|slice|composite_literal|vec|collection_expression|string_array)$/;
const COMPARE =
  /^(?:comparison_operator|switch_case|case_clause|case_pattern|match_pattern|switch_label|when|case_switch_label|expression_case|in|constant_pattern|pattern|case_statement|match_condition_list|when_condition|equality_expression|check_expression|subscript|subscript_expression|element_reference|element_access_expression)$/;
const CALL =
  /^(?:call|call_expression|method_invocation|object_creation_expression|new_expression|invocation_expression|implicit_object_creation_expression|function_call_expression|member_call_expression|scoped_call_expression|macro_invocation|annotation|constructor_invocation|attribute|decorator|command)$/;
const ARGS =
  /^(?:argument_list|arguments|value_arguments|bracketed_argument_list|annotation_argument_list|attribute_argument_list|token_tree|method_parameters)$/;
/** Calls that only wrap a string; what they are given to is what the string is given to. */
const WRAPPING =
  /^(?:String::from|Some|Box::from|Arc::from|Cow::from|Cow::Borrowed|String|(?:aws|openai|anthropic|param|genai|to|lo|ptr|pointer)\.(?:String|F|NewOpt|Ptr|ToPtr|To|Of)|Optional\.of(?:Nullable)?|(?:React\.)?use(?:State|Ref)|ref|shallowRef|signal|writable|\$state|mutableStateOf|MutableStateFlow)$/;
/** Methods of a list that answer with the list. */
const SAME: ReadonlySet<string> = new Set(['freeze', 'dup', 'to_a', 'sort', 'uniq']);
const EQUALITY = new Set(['==', '===', '!=', '!==', 'in', 'not in', 'is']);

const clean = (text: string): string => text.replaceAll(/^[\s"'`:$@]+|["'`:\s]+$/g, '').slice(0, 100);

/** Name of the function that a parameter belongs to; a variable's where a function without a name is given to one. */
function ownerOf(parameter: Node): Node | undefined {
  let node = parameter.parent;
  for (let climbed = 0; node && climbed < 5; climbed++, node = node.parent) {
    const name = node.childForFieldName('name');
    if (name && !PARAM.test(node.type)) return name;
    if (/block|body|class|program|module/.test(node.type)) return undefined;
  }
  return undefined;
}

/** The first children of a node: all of a table's would be made for each string in it. */
const firstOf = (node: Node | null, count: number): readonly Node[] =>
  Array.from({ length: Math.min(count, node?.namedChildCount ?? 0) }, (_, index) => node?.namedChild(index) ?? []).flat();

/** Entries of one table that are looked at. */
const MAX_TITLES = 8;
/** `{"o1-mini": "o1-mini", "gpt-4o": "GPT-4o Omni"}`: what people read, by the ids of what is meant. */
function namesTitles(entry: Node, key: string, text: string): boolean {
  if (!/\d/.test(key)) return false;
  const titles = firstOf(entry.parent, MAX_TITLES).filter((other) => {
    const value = other?.childForFieldName('value');
    return (
      value && value.endIndex - value.startIndex < 80 && /^["'`][^"'`]+ [^"'`]+["'`]$/.test(text.slice(value.startIndex, value.endIndex))
    );
  });
  return titles.length > 1;
}

/** Climbs to what the string is given to. `undefined`: a documentation string. */
export function contextOf(start: Node, text: string, frontend: Frontend): LiteralContext | undefined {
  const textOf = (node: Node | null | undefined): string =>
    node ? clean(text.slice(node.startIndex, Math.min(node.endIndex, node.startIndex + 120))) : '';
  /** One of several that a function hands back goes by the function's name. */
  const listed = (from: Node): LiteralContext => {
    const name = returnedBy(from);
    return { role: 'item', ...(name ? { key: textOf(name) } : {}) };
  };
  let item = false;
  let child = start;
  let node = start.parent;
  for (let climbed = 0; node && climbed < MAX_CLIMB; climbed++, child = node, node = node.parent) {
    const { type } = node;
    const gives = frontend.gives?.(node, child);
    if (gives === 'item') {
      item = true;
      continue;
    }
    if (gives) {
      const { role, key, callee } = gives;
      return { role: item ? 'item' : role, ...(key ? { key: textOf(key) } : {}), ...(callee ? { callee: textOf(callee) } : {}) };
    }
    if (type === 'expression_statement') return item ? listed(node) : undefined;
    // An element of a list without a key of its own (PHP, Java).
    if (type === 'array_element_initializer' && node.namedChildCount === 1) {
      item = true;
      continue;
    }
    if (ENTRY.test(type)) {
      const key = node.childForFieldName('key') ?? node.childForFieldName('name') ?? node.childForFieldName('field') ?? node.namedChild(0);
      if (key && key.startIndex <= start.startIndex && key.endIndex >= start.endIndex && node.namedChildCount > 1) return { role: 'key' };
      if (!item && namesTitles(node, textOf(key), text)) return { role: 'key' };
      return { role: item ? 'item' : 'entry', key: textOf(key) };
    }
    if (KEYWORD.test(type)) return { role: item ? 'item' : 'keyword', key: textOf(node.childForFieldName('name') ?? node.namedChild(0)) };
    if (PARAM.test(type)) {
      const name =
        node.childForFieldName('name') ?? node.childForFieldName('pattern') ?? node.childForFieldName('left') ?? node.namedChild(0);
      const owner = ownerOf(node);
      return { role: 'param', key: textOf(name), ...(owner ? { callee: textOf(owner) } : {}) };
    }
    if (ASSIGN.test(type)) {
      const name =
        node.childForFieldName('name') ?? node.childForFieldName('left') ?? node.childForFieldName('pattern') ?? node.namedChild(0);
      if (name && name.startIndex <= start.startIndex && name.endIndex >= start.endIndex) return { role: 'other' };
      // `const [model, setModel] = useState("…")`
      const state = name?.type === 'array_pattern' && child.type === 'call_expression' ? name.namedChild(0) : name;
      return { role: item ? 'item' : 'assign', key: textOf(state) };
    }
    if (COMPARE.test(type)) return { role: 'compare' };
    if ((type === 'binary_expression' || type === 'binary_operator') && EQUALITY.has(node.childForFieldName('operator')?.type ?? ''))
      return { role: 'compare' };
    // `"phi4".to_owned()`, and a call whose arguments were found to be a list: `List("o3", "o4-mini")`
    // `["gpt-4o", "o3"].freeze` of Ruby
    if (type === 'call' && SAME.has(node.childForFieldName('method')?.text ?? '') && child.startIndex === node.startIndex) continue;
    if (type === 'field_expression' || (type === 'call_expression' && /^(?:field_expression|arguments)$/.test(child.type))) continue;
    if (LIST.test(type)) item = true;
    else if (ARGS.test(type)) {
      // `return ["a", "b"]` of Ruby
      if (node.parent?.type === 'return') return item ? listed(node.parent) : { role: 'other' };
      const call = [node.parent, node.parent?.parent].find((other) => other && CALL.test(other.type)) ?? node;
      const callee =
        call.childForFieldName('function') ??
        call.childForFieldName('constructor') ??
        call.childForFieldName('name') ??
        call.childForFieldName('type') ??
        call.childForFieldName('method') ??
        call.namedChild(0);
      if (callee && WRAPPING.test(text.slice(callee.startIndex, Math.min(callee.endIndex, callee.startIndex + 40)))) {
        node = call;
        continue;
      }
      const limit = child.startIndex;
      const first = firstOf(node, 4).find(
        (other) => other.endIndex <= limit && other.endIndex - other.startIndex < 80 && /string|literal|argument/.test(other.type),
      );
      const beside = first ? textOf(first) : undefined;
      return {
        role: item ? 'item' : 'argument',
        callee: textOf(callee),
        ...(beside ? { key: beside.replace(/^-+/, '').split(/[\s=<|,]/)[0] ?? beside } : {}),
      };
    } else if (!TRANSPARENT.test(type) && !LIST.test(type) && type !== 'dictionary' && type !== 'object')
      return item ? listed(node) : { role: 'other' };
  }
  return { role: item ? 'item' : 'other' };
}
