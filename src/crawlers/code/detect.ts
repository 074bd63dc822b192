import type { Discovery } from '../../core/inventory.ts';
import type { ArgSpec, DetectIndex, DetectRule } from '../../knowledge/detect.ts';
import { providersSection } from '../../knowledge/providers.ts';
import { modelsSection } from '../../knowledge/models.ts';
import { vectorStoresSection } from '../../knowledge/vector-stores.ts';
import type { CallFact, SourceFacts } from '../../lang/facts.ts';
import { declaredKeys } from '../../resolve/declared-keys.ts';
import { indexOptions, type DeclaredOption } from '../../resolve/options.ts';
import { Program } from '../../resolve/program.ts';
import { indexSettings } from '../../resolve/settings.ts';
import { indexUnit, type Unit } from '../../resolve/unit.ts';
import type { FileFacts, Project } from '../crawler.ts';
import { detectAgentClasses } from './agent-classes.ts';
import { detectAgent, detectEmbeds, detectMcpServer, detectPromptFile } from './agents.ts';
import { argumentOf, type CallSite } from './arguments.ts';
import { holds } from './conditions.ts';
import { detectConfigured } from './configured.ts';
import { detectConstant, detectConstantIn } from './constants.ts';
import type { Context } from './context.ts';
import { detectDataFiles } from './data-files.ts';
import { detectDataset, detectTables } from './datasets.ts';
import { detectInfra } from './infra.ts';
import { detectLiterals } from './literals.ts';
import { detectMcpClient } from './mcp-clients.ts';
import { detectModel } from './models.ts';
import { detectDeserialize, detectDownload } from './observe.ts';
import { detectShell } from './shell.ts';
import { madeByFactory, receiverOf, routeServices } from './receiver.ts';
import { detectService, detectStore } from './services.ts';
import { detectTool, detectToolClasses } from './tools.ts';

/** A call and the rules that its resolved callee matches. */
interface Matched {
  readonly site: CallSite;
  readonly path: string;
  readonly rules: readonly DetectRule[];
  readonly fact: CallFact;
}

export function detectCode(files: readonly FileFacts<SourceFacts>[], project: Project, index: DetectIndex): Discovery {
  const units = files.map(({ path, facts }) => indexUnit(path, facts));
  const program = new Program(units);
  const matched = units.flatMap((unit) => matchCalls(unit, program, index));
  const models = project.knowledge.get(modelsSection);
  const options = declaredOptions(matched);
  const context: Context = {
    project,
    knowledge: project.knowledge,
    index,
    providers: project.knowledge.get(providersSection),
    resolver: { program, options: indexOptions(options), settings: indexSettings(project.settings), declared: declaredKeys(units) },
    pipelineDefault: (task) => models.pipelineDefault(task),
    byName: indexNames(project),
    trains: trainingTest(units, index),
    isPromptPath: promptTest(index),
    components: [],
    observations: [],
    relations: [],
  };
  for (const item of matched) detectCall(context, item);
  for (const unit of units) {
    detectImports(context, unit);
    detectToolClasses(context, unit);
    detectAgentClasses(context, unit);
  }
  detectConfigured(context, units);
  detectLiterals(context, units);
  detectEmbeds(context, units);
  detectShell(context, units);
  detectDataFiles(context, units, options);
  detectTables(context, units);
  return { components: context.components, observations: context.observations, relations: context.relations };
}

function matchCalls(unit: Unit, program: Program, index: DetectIndex): Matched[] {
  const { language } = unit.facts;
  const names = index.callNames(language);
  const methods = new Set(index.asset.vocabulary.methods);
  const matched: Matched[] = [];
  for (const fact of unit.facts.calls) {
    const { callee } = fact.call;
    const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : undefined;
    // A name that is imported under another one is matched by what it resolves to.
    if (
      name !== undefined &&
      !fact.reference &&
      !names.has(name) &&
      !methods.has(name) &&
      !unit.imports.has(name) &&
      !unit.defs.get(0)?.has(name) &&
      !(callee.kind === 'name' && unit.assigns.get(fact.scope)?.has(name)) &&
      !(callee.kind === 'name' && unit.assigns.get(0)?.has(name))
    )
      continue;
    const site = { call: fact.call, unit, scope: fact.scope };
    const seen = new Set<DetectRule>();
    for (const path of program.paths(callee, unit, fact.scope)) {
      const rules = index.match(language, path).filter((rule) => !seen.has(rule));
      for (const rule of rules) seen.add(rule);
      matched.push({ site, path, rules, fact });
    }
  }
  return matched;
}

function declaredOptions(matched: readonly Matched[]): { readonly name: string; readonly option: DeclaredOption }[] {
  const declared: { readonly name: string; readonly option: DeclaredOption }[] = [];
  for (const { site, rules } of matched) {
    for (const rule of rules) {
      if (rule.declares !== 'option') continue;
      const fallback =
        site.call.args.find((arg) => arg.name !== undefined && (rule.args?.['default'] ?? []).includes(arg.name))?.value ??
        positionalOf(site, rule.args?.['default']);
      if (!fallback) continue;
      const named = positionalOf(site, rule.args?.['name']);
      if (rule.args?.['name']) {
        if (named?.kind === 'string')
          declared.push({ name: named.value.split('.').at(-1) ?? named.value, option: { fallback, unit: site.unit, scope: site.scope } });
        continue;
      }
      for (const arg of site.call.args) {
        if (
          arg.value.kind === 'string' &&
          arg.name === undefined &&
          /^-{0,2}[A-Za-z][\w.-]*/.test(arg.value.value) &&
          arg.value !== fallback
        ) {
          const name = /^-{0,2}[A-Za-z][\w.-]*/.exec(arg.value.value)?.[0] ?? '';
          declared.push({ name, option: { fallback, unit: site.unit, scope: site.scope } });
        }
        if (arg.name === 'dest' && arg.value.kind === 'string')
          declared.push({ name: arg.value.value, option: { fallback, unit: site.unit, scope: site.scope } });
      }
    }
  }
  return declared;
}

function positionalOf(site: CallSite, spec: ArgSpec | undefined): CallSite['call']['args'][number]['value'] | undefined {
  for (const item of spec ?? []) {
    if (typeof item !== 'number') continue;
    const arg = site.call.args.filter((candidate) => candidate.name === undefined)[item];
    if (arg) return arg.value;
  }
  return undefined;
}

function detectCall(context: Context, { site, path, rules, fact }: Matched): void {
  const { index } = context;
  const { language } = site.unit.facts;
  const receiver = receiverOf(context, site, path);
  // `openai.Embedding.create`, `google.embedding("…")`: no object was made that would have shown the service.
  if (receiver?.direct && !rules.some((rule) => rule.service !== undefined)) detectService(context, receiver.rule, site, path);
  let handled = false;
  for (const rule of rules) {
    if (!holds(context, rule, site)) continue;
    handled = handled || rule.model !== undefined;
    const service = rule.service ? detectService(context, rule, site, path) : undefined;
    const provider = rule.service ? service?.provider : receiver?.provider;
    const models = detectModel(context, rule, site, path, provider);
    if (rule.model && models.length === 0)
      detectConstantIn(context, argumentOf(context.resolver.program, site, rule.args?.['model']), site);
    if (rule.routed) routeServices(context, models, site, path);
    if (service?.ref) for (const model of models) context.relations.push({ from: service.ref, to: model, type: 'provides' });
    detectStore(context, rule, site, path);
    detectInfra(context, rule, site, path);
    detectDataset(context, rule, site, path);
    detectAgent(context, rule, site, path, models);
    detectMcpServer(context, rule, site, path);
    detectMcpClient(context, rule, site);
    detectTool(context, rule, site, path, fact.decorates);
    detectPromptFile(context, rule, site, path);
    detectDeserialize(context, rule, site, path);
    detectDownload(context, rule, site, path);
  }
  if (fact.reference) {
    detectConstant(context, site, path);
    return;
  }
  // Any method of a provider's client may take a model.
  if (!handled && receiver) {
    const method: DetectRule = {
      id: 'client-method',
      languages: [language],
      calls: [],
      args: { model: [...index.asset.vocabulary.keys.model, 0] },
      model: madeByFactory(path) ? { origin: 'api', certain: true } : { origin: 'api' },
    };
    detectModel(context, method, site, path, receiver.provider);
  }
}

/** Frameworks inject clients: in Java the import of a client's type is its use. */
function detectImports(context: Context, unit: Unit): void {
  const { language } = unit.facts;
  if (language !== 'java' && language !== 'kotlin') return;
  for (const fact of unit.facts.imports) {
    if (fact.name === undefined || fact.name === '*') continue;
    const path = `${fact.module}.${fact.name}`;
    const callee = { kind: 'name' as const, name: fact.name };
    const site: CallSite = { call: { kind: 'call', callee, args: [], line: fact.line, column: 1 }, unit, scope: 0 };
    for (const rule of context.index.match(language, path)) {
      if (rule.service) detectService(context, rule, site, path);
      // A client of a search engine or a database says nothing about vectors.
      if (context.knowledge.get(vectorStoresSection).bySlug(rule.store ?? '')?.vector_only || /vector|embedding/i.test(path))
        detectStore(context, rule, site, path);
    }
  }
}

function indexNames(project: Project): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const { path } of project.entries) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const list = names.get(name);
    if (list) list.push(path);
    else names.set(name, [path]);
  }
  return names;
}

/** The tables that a file reads are data sets where the code around it trains models. */
function trainingTest(units: readonly Unit[], index: DetectIndex): (unit: Unit) => boolean {
  const training = new Set(index.asset.vocabulary.training);
  const any = units.some((unit) => unit.facts.imports.some((fact) => training.has(fact.module.split('.')[0] ?? '')));
  return () => any;
}

function promptTest(index: DetectIndex): (path: string) => boolean {
  const pattern = new RegExp(index.asset.vocabulary.promptPaths.join('|'), 'i');
  return (path) => pattern.test(path);
}
