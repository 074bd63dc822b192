import type { Discovery } from '../../core/inventory.ts';
import type { DetectIndex, DetectRule } from '../../knowledge/detect.ts';
import { lastName } from '../../knowledge/detect/paths.ts';
import { providersSection } from '../../knowledge/providers.ts';
import { modelsSection } from '../../knowledge/models.ts';
import { vectorStoresSection } from '../../knowledge/vector-stores.ts';
import type { Expr, SourceFacts } from '../../lang/facts.ts';
import { dotted } from '../../lang/frontend.ts';
import { Answers } from '../../resolve/answers.ts';
import { declaredKeys } from '../../resolve/declared-keys.ts';
import { indexOptions } from '../../resolve/options.ts';
import { Program } from '../../resolve/program.ts';
import { indexSettings } from '../../resolve/settings.ts';
import { bindingScope, indexUnit, type Unit } from '../../resolve/unit.ts';
import { JVM } from '../../resolve/vocabulary.ts';
import type { FileFacts, Project } from '../crawler.ts';
import { detectAgentClasses } from './agent-classes.ts';
import { detectAgent, detectEmbeds, detectMcpServer, detectPromptFile } from './agents.ts';
import { argumentOf, type CallSite } from './arguments.ts';
import { detectOwnAgents } from './own-agents.ts';
import { holds } from './conditions.ts';
import { detectCaseNames } from './case-names.ts';
import { detectConfigured } from './configured.ts';
import { detectConstant, detectConstantIn, detectImportedConstants } from './constants.ts';
import type { Context } from './context.ts';
import { declaredOptions, type Matched } from './declared.ts';
import { detectDataFiles } from './data-files.ts';
import { detectDataUrls } from './data-urls.ts';
import { detectDataset, detectTables } from './datasets.ts';
import { detectInfra } from './infra.ts';
import { detectListedData } from './listed-data.ts';
import { detectLiterals, detectOptionImages } from './literals.ts';
import { detectMcpClient } from './mcp-clients.ts';
import { detectConfiguredTexts, detectMentions } from './mentions.ts';
import { detectModel } from './models.ts';
import { ModelTables } from './model-tables.ts';
import { detectNamedData } from './named-data.ts';
import { detectDeserialize, detectDownload } from './observe.ts';
import { detectProcess } from './process.ts';
import { detectShell } from './shell.ts';
import { isElsewhere } from './served.ts';
import { madeByFactory, receiverOf, routeServices } from './receiver.ts';
import { detectRoutedLists, isChosenAtRun } from './routed-lists.ts';
import { Neighbours } from './neighbours.ts';
import { detectService, detectStore } from './services.ts';
import { detectToolLoops } from './tool-loops.ts';
import { detectSwitches } from './switches.ts';
import { detectTlsOff } from './tls-off.ts';
import { detectTool, detectToolClasses } from './tools.ts';

export function detectCode(files: readonly FileFacts<SourceFacts>[], project: Project, index: DetectIndex): Discovery {
  const units = files.map(({ path, facts }) => indexUnit(path, facts));
  const program = new Program(units, (language, name) => index.callNames(language).has(name));
  const methods = new Set(index.asset.vocabulary.methods);
  const matched = units.flatMap((unit) => matchCalls(unit, program, index, methods));
  const models = project.knowledge.get(modelsSection);
  const options = declaredOptions(matched, program);
  const folders = foldersOf(project);
  const neighbours = new Neighbours(folders);
  const context: Context = {
    project,
    knowledge: project.knowledge,
    index,
    providers: project.knowledge.get(providersSection),
    resolver: {
      program,
      options: indexOptions(options),
      settings: indexSettings(project.settings),
      declared: declaredKeys(units),
      answers: new Answers(),
    },
    pipelineDefault: (task) => models.pipelineDefault(task),
    byName: indexNames(project),
    byFoldedPath: foldPaths(project),
    folders,
    neighbours,
    tables: new ModelTables(units, neighbours),
    trains: trainingTest(units, index),
    isPromptPath: promptTest(index),
    routers: new Set(),
    components: [],
    observations: [],
    relations: [],
    mentions: [],
  };
  for (const item of matched) detectCall(context, item);
  for (const unit of units) {
    detectImports(context, unit);
    detectImportedConstants(context, unit);
    detectToolClasses(context, unit);
    detectAgentClasses(context, unit);
  }
  detectToolLoops(context, units);
  detectConfigured(context, units);
  context.tables.detect(context);
  detectLiterals(context, units);
  detectRoutedLists(context, units);
  detectEmbeds(context, units);
  detectShell(context, units);
  detectMentions(context, units);
  detectConfiguredTexts(context);
  detectDataFiles(context, units, options);
  detectOptionImages(context, options);
  detectTables(context, units);
  detectDataUrls(context, units);
  detectSwitches(context, units);
  detectListedData(context, units);
  detectCaseNames(context, units);
  detectNamedData(context, units);
  detectOwnAgents(context, units);
  detectTlsOff(context, units);
  return { components: context.components, observations: context.observations, relations: context.relations, mentions: context.mentions };
}

function matchCalls(unit: Unit, program: Program, index: DetectIndex, methods: ReadonlySet<string>): Matched[] {
  const { language } = unit.facts;
  const names = index.callNames(language);
  const matched: Matched[] = [];
  // A file calls the same names again and again.
  const known = new Map<string, readonly string[]>();
  const pathsOf = (callee: Expr, scope: number): readonly string[] => {
    const written = dotted(callee);
    if (written === undefined) return program.paths(callee, unit, scope);
    const bound = bindingScope(unit, scope, written);
    const key = `${bound} ${written}`;
    const found = known.get(key) ?? program.paths(callee, unit, bound);
    known.set(key, found);
    return found;
  };
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
    const paths = pathsOf(callee, fact.scope).map((path) => {
      const rules = index.match(language, path).filter((rule) => !seen.has(rule));
      for (const rule of rules) seen.add(rule);
      return { site, path, rules, fact };
    });
    const modelled = [...seen].some((rule) => rule.model !== undefined);
    matched.push(...paths.map((item) => ({ ...item, modelled })));
  }
  return matched;
}

function detectCall(context: Context, { site, path, rules, fact, modelled }: Matched): void {
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
    const asked = rule.service
      ? { provider: service?.provider, elsewhere: isElsewhere(context, rule, site) }
      : { provider: receiver?.provider, elsewhere: receiver?.elsewhere ?? false };
    const models = detectModel(context, rule, site, path, asked);
    if (rule.model && models.length === 0)
      detectConstantIn(context, argumentOf(context.resolver.program, site, rule.args?.['model']), site, path);
    if (rule.routed) {
      routeServices(context, rule, models, site, path);
      if (isChosenAtRun(context, site, argumentOf(context.resolver.program, site, rule.args?.['model']))) context.routers.add(site.unit);
    }
    if (service?.ref) for (const model of models) context.relations.push({ from: service.ref, to: model, type: 'provides' });
    detectStore(context, rule, site, path);
    detectInfra(context, rule, site, path);
    detectDataset(context, rule, site, path);
    // The name of a method is not its call.
    if (!fact.reference) {
      detectAgent(context, rule, site, path, models);
      detectMcpServer(context, rule, site, path);
    }
    detectMcpClient(context, rule, site);
    if (rule.mcpClient === 'process') detectProcess(context, site);
    detectTool(context, rule, site, path, fact.decorates);
    detectPromptFile(context, rule, site, path);
    detectDeserialize(context, rule, site, path);
    detectDownload(context, rule, site, path);
  }
  if (fact.reference) {
    const { callee } = site.call;
    // `settings.Model` leads to the constant, and is none.
    detectConstant(context, site, path, (callee.kind !== 'name' && callee.kind !== 'member') || callee.name !== lastName(path));
    return;
  }
  // Any method of a provider's client may take a model. Of two clients that may stand there, the one that is known to is meant.
  if (!handled && !modelled && receiver) {
    const method: DetectRule = {
      id: 'client-method',
      languages: [language],
      calls: [],
      args: { model: [...index.asset.vocabulary.keys.model, 0] },
      model: madeByFactory(path) ? { origin: 'api', certain: true } : { origin: 'api' },
    };
    detectModel(context, method, site, path, receiver);
  }
}

/** Frameworks inject clients: in Java the import of a client's type is its use. */
function detectImports(context: Context, unit: Unit): void {
  const { language } = unit.facts;
  if (!JVM.has(language)) return;
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

function foldPaths(project: Project): ReadonlyMap<string, string> {
  const folded = new Map<string, string>();
  const shared = new Set<string>();
  for (const { path } of project.entries) {
    const lower = path.toLowerCase();
    if (folded.has(lower)) shared.add(lower);
    else folded.set(lower, path);
  }
  for (const lower of shared) folded.delete(lower);
  return folded;
}

function foldersOf(project: Project): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const { path } of project.entries) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
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
