import { refOf, type AgentComponent, type McpServerComponent, type PromptComponent } from '../../core/component.ts';
import { dotted } from '../../lang/frontend.ts';
import type { DetectRule } from '../../knowledge/detect.ts';
import type { Value } from '../../resolve/value.ts';
import { isTestPath } from '../../resolve/places.ts';
import { scopeOf, type Unit } from '../../resolve/unit.ts';
import { argumentOf, type CallSite } from './arguments.ts';
import { allValues, evidence, isTest, occurrence, placeOf, symbolOf, type Context } from './context.ts';
import { fileOf } from './files.ts';

const MAX_NAME = 120;
/** Call sites that are followed for one parameter. */
const MAX_AGENTS_PER_CALL = 12;

/** Templates that a user is to fill in. */
const TO_FILL = /^(?:define|your|enter|insert|todo|replace|xxx|placeholder)\b|\bhere$/i;
const usableName = (text: string): boolean =>
  text !== '' && !TO_FILL.test(text) && text.length <= MAX_NAME && !text.includes('\n') && !/^[<{$]/.test(text) && /[\p{L}]/u.test(text);

/** An agent by the name or role that it is given, else by the interface that it implements, or the variable that holds it. */
export function detectAgent(
  context: Context,
  rule: DetectRule,
  site: CallSite,
  path: string,
  models: readonly string[],
): readonly string[] {
  // Frameworks test themselves with hundreds of agents; they are no part of the product.
  if (!rule.agent || isTest(site.unit)) return [];
  const program = context.resolver.program;
  const symbol = symbolOf(path);
  const confidence = 'high';
  const named = (key: string): readonly Value[] =>
    allValues(context, argumentOf(program, site, rule.args?.[key])).filter((value) => value.exact && usableName(value.text.trim()));
  const given = named('name');
  const roles = named('role');
  const names = [...given, ...roles];
  const tools = argumentOf(program, site, rule.args?.['tools']);
  const toolNames = tools?.expr.kind === 'list' ? tools.expr.items.flatMap((item) => toolName(item) ?? []) : [];
  const model = models[0]?.slice('model:'.length);
  const [first] = names;
  // A wrapper that many places give a name, or a list of roles, makes as many agents.
  const found = given.length > 1 ? given : given.length === 0 && roles.length > 1 ? roles : first ? [first] : [];
  const base = {
    kind: 'agent' as const,
    framework: rule.agent,
    ...(toolNames.length > 0 ? { tools: toolNames } : {}),
    ...(model ? { model } : {}),
  };
  const refs: string[] = [];
  const push = (component: AgentComponent): void => {
    context.components.push(component);
    refs.push(refOf(component));
  };
  for (const value of found.slice(0, MAX_AGENTS_PER_CALL)) {
    const aliases = names.filter((other) => other !== value && !found.includes(other)).map((other) => other.text.trim());
    push({
      ...base,
      name: value.text.trim(),
      occurrences: evidence(value, placeOf(site), symbol, confidence),
      ...(aliases.length > 0 ? { aliases } : {}),
    });
  }
  const described =
    ['name', 'role'].some((key) => argumentOf(program, site, rule.args?.[key]) !== undefined) ||
    site.call.args.some((arg) => arg.name === 'config' || arg.spread);
  if (found.length === 0 && !described) {
    const holder = typeOf(site) ?? holderOf(site, path);
    if (holder) push({ ...base, name: holder, occurrences: [occurrence(placeOf(site), symbol, 'medium')] });
  }
  for (const ref of refs)
    for (const target of models) context.relations.push({ from: ref, to: target, type: 'uses', location: placeOf(site) });
  return refs;
}

const toolName = (item: Parameters<typeof dotted>[0]): string | undefined =>
  dotted(item)?.split('.').at(-1) ?? (item.kind === 'call' ? dotted(item.callee)?.split('.').at(-1) : undefined);

/** `agentBuilder(Editor.class)`: the interface that the framework implements as the agent. */
function typeOf({ call }: CallSite): string | undefined {
  const [first] = call.args;
  const path = first?.name === undefined && first ? dotted(first.value)?.split('.') : undefined;
  return path?.at(-1) === 'class' ? path.at(-2) : undefined;
}

/** Variable, member or function that the object goes to. */
function holderOf(site: CallSite, path: string): string | undefined {
  const { unit, call, scope } = site;
  const assign = unit.facts.assigns.find(
    (fact) => fact.scope === scope && fact.value.kind === 'call' && fact.value.line === call.line && fact.value.column === call.column,
  );
  const target = assign?.target.replace(/^(?:self|this)\./, '');
  if (target && !GENERIC.test(target)) return target;
  const owner = scopeOf(unit, scope);
  const made = owner?.returns?.some((value) => value.kind === 'call' && value.line === call.line && value.column === call.column)
    ? owner.name.replace(MAKES, '').replace(/^[A-Z]/, (letter) => letter.toLowerCase())
    : undefined;
  if (made !== undefined && /agent/i.test(made) && !GENERIC.test(made) && made !== owner?.name) return made;
  if (
    owner?.kind === 'function' &&
    owner.name.length > 3 &&
    !/^(?:main|__init__|run|setup|build|create|make|get|init|constructor|handler|post|get_agent|create_agent|build_agent|make_agent)$/i.test(
      owner.name,
    )
  )
    return undefined;
  // `agent = OpenAIAgent.from_tools(…)`: what was made says more than a variable that is called what all are.
  return target && (madeOf(path) ?? target);
}

/** `build_weather_agent`, `createWeatherAgent`: a function that is called after what it makes. */
const MAKES = /^_*(?:build|create|make|get|init(?:iali[sz]e)?|setup|construct|new)(?:_|(?=[A-Z]))/;
/** Variables that are called what they hold. */
const GENERIC = /^_*(?:agent|a|agents|executor|app|graph|self)?_*$/i;

/** The class or function that makes the object: `OpenAIAgent`, `createReactAgent`; not `Agent`. */
function madeOf(path: string): string | undefined {
  const names = path.replaceAll('()', '').split(/[.#]/);
  return names.findLast((name) => /agent/i.test(name) && !GENERIC.test(name));
}

/** An MCP server that the repository implements. */
export function detectMcpServer(context: Context, rule: DetectRule, site: CallSite, path: string): string | undefined {
  if (!rule.mcpServer || isTest(site.unit)) return undefined;
  const [name] = allValues(context, argumentOf(context.resolver.program, site, rule.args?.['name'])).filter(
    // A test makes servers of its own.
    (value) => value.exact && usableName(value.text) && !isTestPath(value.location.path),
  );
  const other = name ? undefined : namelessServer(context, rule, site);
  if (!name && other === undefined) return undefined;
  const component: McpServerComponent = {
    kind: 'mcp-server',
    name: name?.text ?? other ?? '',
    implemented: true,
    occurrences: name ? evidence(name, placeOf(site), symbolOf(path), 'high') : [occurrence(placeOf(site), symbolOf(path), 'medium')],
  };
  context.components.push(component);
  return refOf(component);
}

/** .NET's SDK calls a server that is given no name after the assembly; a Gradio app that serves its functions goes by its file. */
function namelessServer(context: Context, rule: DetectRule, { unit, call }: CallSite): string | undefined {
  if (rule.mcpServer === 'dotnet') return call.args.length === 0 ? assemblyOf(context, unit.path) : undefined;
  if (rule.mcpServer !== 'gradio') return undefined;
  const [file = '', folder] = unit.path.split('/').reverse();
  const stem = file.replace(/\.\w+$/, '');
  return /^(?:app|main|server|demo|__main__)$/.test(stem) ? (folder ?? stem) : stem;
}

/** Name of the project file that a C# file belongs to: in its folder, or the nearest one above. */
function assemblyOf(context: Context, path: string): string | undefined {
  let nearest = '';
  for (const [name, paths] of context.byName) {
    if (!name.endsWith('.csproj')) continue;
    for (const project of paths) {
      const folder = project.slice(0, -name.length);
      if (path.startsWith(folder) && (nearest === '' || project.length - name.length > nearest.lastIndexOf('/') + 1)) nearest = project;
    }
  }
  return nearest === '' ? undefined : nearest.slice(nearest.lastIndexOf('/') + 1, -'.csproj'.length);
}

/** A prompt that code reads from a file of the tree. */
export function detectPromptFile(context: Context, rule: DetectRule, site: CallSite, path: string): void {
  if (rule.reads !== 'file') return;
  const { callee } = site.call;
  // `Path("x").read_text()`: the receiver is the path.
  const given =
    argumentOf(context.resolver.program, site, rule.args?.['path']) ??
    (callee.kind === 'member' ? { expr: callee.object, unit: site.unit, scope: site.scope } : undefined);
  for (const value of allValues(context, given).slice(0, 8)) {
    if (!value.exact || !context.isPromptPath(value.text)) continue;
    const file = fileOf(context, value.text, site.unit);
    if (!file || !TEXT.test(file)) continue;
    const component: PromptComponent = {
      kind: 'prompt',
      name: file,
      purpose: 'template',
      occurrences: evidence(value, placeOf(site), symbolOf(path), isTest(site.unit) ? 'medium' : 'high'),
    };
    context.components.push(component);
  }
}

/** Prompts that a program carries: files of the tree that an embed directive names. */
export function detectEmbeds(context: Context, units: readonly Unit[]): void {
  for (const unit of units) {
    for (const { pattern, line } of unit.facts.embeds ?? []) {
      const folder = unit.path.includes('/') ? `${unit.path.slice(0, unit.path.lastIndexOf('/'))}/` : '';
      const matches = globTest(`${folder}${pattern.replace(/^all:/, '')}`);
      for (const { path } of context.project.entries) {
        if (!matches(path) || !TEXT.test(path) || !context.isPromptPath(path) || PAGES.test(path)) continue;
        context.components.push({
          kind: 'prompt',
          name: path,
          purpose: 'template',
          occurrences: [occurrence({ path: unit.path, line }, 'go:embed', 'high')],
        });
      }
    }
  }
}

/** A manual that the program carries. */
const PAGES = /(?:^|\/)docs?\/[^/]+\.mdx?$/i;

/** `*` within one folder; a folder means all below it. */
function globTest(glob: string): (path: string) => boolean {
  const source = glob
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^/]*');
  const pattern = new RegExp(`^${source}(?:/|$)`);
  return (path) => pattern.test(path);
}

const TEXT = /\.(?:txt|md|mdx|tmpl|tpl|j2|jinja2?|prompt|prompty|st|hbs|mustache|ya?ml|json|xml|html|xsl|erb|ejs|liquid)$/i;
