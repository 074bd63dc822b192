import { infrastructureSection, type ResourceSystem } from '../../knowledge/infrastructure.ts';
import type { DetectRule } from '../../knowledge/detect.ts';
import type { Expr } from '../../lang/facts.ts';
import { newQuery } from '../../resolve/bound.ts';
import type { Unit } from '../../resolve/unit.ts';
import { addResource, readAttribute } from '../config/kinds/cloud.ts';
import { isEnvName } from '../config/kinds/values.ts';
import { Sinks } from '../config/sinks.ts';
import type { CallSite } from './arguments.ts';
import { detectConstantIn } from './constants.ts';
import { CRAWLER, isTest, allValues, type Context } from './context.ts';

/** Nesting of properties: a knowledge base's storage stands five deep. */
const MAX_NESTING = 10;
/** Properties of one resource that are looked at. */
const MAX_LOOKS = 600;

/** Type of the resource by the class that is made. */
export function resourceType(rule: DetectRule, path: string): string | undefined {
  const { type, strip } = rule.infra ?? {};
  if (type === undefined) return undefined;
  const name =
    path
      .replace(/\.Builder\.create$|\.builder$/, '')
      .split(/[.#]/)
      .at(-1) ?? '';
  return type.replace('{}', strip === undefined ? name : name.replace(new RegExp(strip), ''));
}

const systemOf = (type: string): ResourceSystem =>
  type.startsWith('AWS::') ? 'cloudformation' : type.startsWith('Microsoft.') ? 'azure' : 'pulumi';

/** A cloud resource that a program declares, and what its properties name. */
export function detectInfra(context: Context, rule: DetectRule, site: CallSite, path: string): void {
  if (!rule.infra || isTest(site.unit)) return;
  const type = resourceType(rule, path);
  const facts = type === undefined ? undefined : context.knowledge.get(infrastructureSection).resource(systemOf(type), type);
  const sinks = new Sinks(context.knowledge, CRAWLER);
  if (facts && type !== undefined) addResource(sinks.of(site.unit.path), facts, type, site.call.line);
  const reader = new PropertyReader(context, sinks, site, facts !== undefined, facts?.service);
  for (const arg of site.call.args) reader.look({ expr: arg.value, unit: site.unit, scope: site.scope }, arg.name ?? '', '', 0);
  const found = sinks.facts();
  context.components.push(...found.components);
  context.observations.push(...found.observations);
  context.relations.push(...found.relations);
}

interface Place {
  readonly expr: Expr;
  readonly unit: Unit;
  readonly scope: number;
}

interface Property {
  readonly key: string;
  readonly value: Place;
}

const fold = (key: string): string => key.replaceAll('_', '').toLowerCase();

/** Reads properties wherever they stand: dictionaries, argument objects of any language, constants. */
class PropertyReader {
  readonly #context: Context;
  readonly #sinks: Sinks;
  readonly #ai: boolean;
  readonly #provider: string | undefined;
  readonly #site: CallSite;
  #looks = 0;

  constructor(context: Context, sinks: Sinks, site: CallSite, ai: boolean, provider: string | undefined) {
    this.#context = context;
    this.#site = site;
    this.#sinks = sinks;
    this.#ai = ai;
    this.#provider = provider;
  }

  look(place: Place, key: string, parent: string, depth: number): void {
    this.#looks += 1;
    if (depth > MAX_NESTING || this.#looks > MAX_LOOKS) return;
    const found = allValues(this.#context, place);
    for (const value of found) if (value.exact || value.text.startsWith('arn:')) this.#text(value.text, value.location, key, parent);
    if (found.length > 0 && place.expr.kind !== 'list') return;
    if (this.#ai) detectConstantIn(this.#context, place, this.#site, '');
    for (const bound of this.#context.resolver.program.expand(place.expr, place.unit, place.scope, newQuery())) {
      if (bound.kind !== 'expr') continue;
      const { expr, unit, scope } = bound;
      if (expr.kind === 'list') {
        for (const item of expr.items) if (item.kind !== 'string') this.look({ expr: item, unit, scope }, key, parent, depth + 1);
      } else this.#properties(propertiesOf({ expr, unit, scope }), key, depth);
    }
  }

  #properties(properties: readonly Property[], parent: string, depth: number): void {
    const of = (name: string): Property | undefined => properties.find(({ key }) => fold(key) === name);
    const name = of('name');
    const value = of('value');
    // `{ name: 'MODEL_ID', value: … }` of a container.
    const variable = name && value ? allValues(this.#context, name.value).find((item) => item.exact && isEnvName(item.text)) : undefined;
    if (variable && value) {
      this.look(value.value, variable.text, parent, depth + 1);
      return;
    }
    // `model: { format: 'OpenAI', name: 'gpt-4o', version: … }` of a deployment.
    if (this.#ai && name && (of('format') || of('version')))
      for (const item of allValues(this.#context, name.value))
        if (item.exact)
          this.#sinks
            .of(item.location.path)
            .model(item.text, { position: 'argument', key: 'model', provider: 'azure-openai' }, item.location.line ?? 1, 'model.name');
    for (const property of properties)
      this.look(property.value, property.key, parent === '' ? property.key : `${parent}.${property.key}`, depth + 1);
  }

  #text(text: string, location: { readonly path: string; readonly line?: number }, key: string, parent: string): void {
    const sink = this.#sinks.of(location.path);
    const line = location.line ?? 1;
    readAttribute(sink, key, text, line, this.#ai, this.#provider);
    if (fold(key) === 'type' && /storage_?configuration/i.test(parent)) {
      const store = sink.infrastructure.knowledgeBaseStore(text);
      if (store !== undefined) sink.store(store, line, parent);
    }
  }
}

/** Entries of a dictionary, keywords of a call that makes an object of arguments, and what such a call is given. */
function propertiesOf({ expr, unit, scope }: Place): Property[] {
  if (expr.kind === 'dict')
    return expr.entries.flatMap(({ key, value }): Property[] =>
      key.kind === 'string' || key.kind === 'name'
        ? [{ key: key.kind === 'string' ? key.value : key.name, value: { expr: value, unit, scope } }]
        : [],
    );
  if (expr.kind === 'call') return expr.args.map(({ name, value }) => ({ key: name ?? '', value: { expr: value, unit, scope } }));
  return [];
}
