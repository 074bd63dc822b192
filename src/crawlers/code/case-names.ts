import type { Expr, ScopeFact, StringExpr } from '../../lang/facts.ts';
import { dotted } from '../../lang/frontend.ts';
import { recogniseModel } from '../../knowledge/models.ts';
import type { Unit } from '../../resolve/unit.ts';
import { weightsAt } from '../config/kinds/weights.ts';
import { isTest, occurrence, placeIn, type Context } from './context.ts';

/** Cases of one enumeration; a program offers fewer models. */
const MAX_CASES = 60;
/** Names made of other names made of a case. */
const MAX_DEPTH = 3;
/** Parts of names that are looked at in one class: names made of names multiply. */
const MAX_STEPS = 20_000;
/** What a case of strings alone is called by itself: Swift's raw values, Python's enumerations. */
const OWN_VALUE = ['rawValue', 'value'];

/** What a case of an enumeration holds, by the name under which its class reads it. */
type Case = ReadonlyMap<string, StringExpr>;

/** `case tiny = "tiny"` of an enumeration of strings, `TINY("tiny")` of any. */
function caseOf(value: Expr, { name, bases = [] }: ScopeFact): Case | undefined {
  if (value.kind === 'string')
    return bases.some((base) => OF_STRINGS.test(dotted(base) ?? '')) ? new Map(OWN_VALUE.map((own) => [own, value])) : undefined;
  if (value.kind !== 'call' || value.callee.kind !== 'name' || value.callee.name !== name) return undefined;
  return new Map(value.args.flatMap(({ name: key, value: given }) => (key !== undefined && given.kind === 'string' ? [[key, given]] : [])));
}
const OF_STRINGS = /^String$|(?:^|\.)(?:Str)?Enum$/;

/** The name that an expression reads of the instance or its class: `rawValue`, `self.value`, `Self.folder`. */
function readOf(expr: Expr): string | undefined {
  if (expr.kind === 'name') return expr.name;
  return expr.kind === 'member' && expr.object.kind === 'name' && /^(?:self|this|cls)$/i.test(expr.object.name) ? expr.name : undefined;
}

interface Text {
  readonly text: string;
  /** What the case holds of it. */
  readonly part?: StringExpr;
}

/** Reads the members of one class. */
class Reader {
  readonly #members: ReadonlyMap<string, Expr>;
  #steps = 0;

  constructor(members: ReadonlyMap<string, Expr>) {
    this.#members = members;
  }

  /** The text that an expression makes of a case; undefined where a part of it is something else. */
  text(expr: Expr, held: Case, depth = 0): Text | undefined {
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) return undefined;
    if (expr.kind === 'string') return { text: expr.value };
    if (expr.kind === 'concat') {
      const texts: Text[] = [];
      for (const item of expr.parts) {
        const text = this.text(item, held, depth);
        if (!text) return undefined;
        texts.push(text);
      }
      const part = texts.find((text) => text.part)?.part;
      return { text: texts.map(({ text }) => text).join(''), ...(part && { part }) };
    }
    // `URL(string: "…")`, `Uri.parse("…")`
    if (expr.kind === 'call') return expr.args.length === 1 && expr.args[0] ? this.text(expr.args[0].value, held, depth) : undefined;
    const name = readOf(expr);
    const part = name === undefined ? undefined : held.get(name);
    if (part) return { text: part.value, part };
    const member = name === undefined || depth >= MAX_DEPTH ? undefined : this.#members.get(name);
    return member && this.text(member, held, depth + 1);
  }
}

/** `case tiny = "tiny"` and `"ggml-\(rawValue).bin"`: weights that an enumeration lists and its members name. */
export function detectCaseNames(context: Context, units: readonly Unit[]): void {
  for (const unit of units) if (!isTest(unit)) readUnit(context, unit);
}

function readUnit(context: Context, unit: Unit): void {
  const { scopes } = unit.facts;
  for (const [index, type] of scopes.entries()) {
    if (type.kind !== 'class') continue;
    const own = [...(unit.assigns.get(index)?.values() ?? [])].flat();
    const listed = own.flatMap(({ target, value }) => {
      const held = caseOf(value, type);
      return held ? [{ target, held }] : [];
    });
    if (listed.length < 2) continue;
    const members = new Map<string, Expr>(own.map(({ target, value }) => [target, value]));
    for (const [name, scope] of unit.defs.get(index) ?? []) {
      const { kind, returns = [] } = scopes[scope] ?? {};
      if (kind === 'function' && returns.length === 1 && returns[0]) members.set(name, returns[0]);
    }
    const texts = [...members].filter(([, { kind }]) => kind === 'concat' || kind === 'call');
    // A constant that the others are made with is no case.
    const read = new Set(texts.flatMap(([, expr]) => namesIn(expr)));
    const cases = listed.filter(({ target }) => !read.has(target)).slice(0, MAX_CASES);
    const reader = new Reader(members);
    for (const [key, expr] of texts) for (const { held } of cases) readName(context, unit, key, reader.text(expr, held));
  }
}

function namesIn(expr: Expr): string[] {
  if (expr.kind === 'concat') return expr.parts.flatMap(namesIn);
  if (expr.kind === 'call') return expr.args.flatMap(({ value }) => namesIn(value));
  return [readOf(expr) ?? []].flat();
}

function readName(context: Context, unit: Unit, key: string, made: Text | undefined): void {
  if (!made?.part) return;
  const { text, part } = made;
  const weights = /^https?:\/\//.test(text) ? weightsAt(text) : undefined;
  const found = weights ?? recogniseModel(context.knowledge, text, { position: 'key', key });
  if (!found || (weights === undefined && !WEIGHTS.test(text))) return;
  const occurrences = [occurrence(placeIn(unit, part.line, part.column), key, 'high')];
  if (weights) context.components.push({ kind: 'model', name: weights.name, origin: 'url', aliases: [weights.url], occurrences });
  else context.components.push({ kind: 'model', name: found.name, origin: 'file', occurrences });
}

/** Without its address, only a file whose kind says that it holds weights is believed. */
const WEIGHTS = /\.(?:safetensors|gguf|ggml|ggmlv3|onnx|tflite|mlmodelc?|ckpt|pth|bin)$/i;
