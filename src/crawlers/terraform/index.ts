import type { Discovery } from '../../core/inventory.ts';
import type { Knowledge } from '../../knowledge/knowledge.ts';
import { readAttribute } from '../config/kinds/cloud.ts';
import { isEnvName } from '../config/kinds/values.ts';
import { formatOf } from '../config/readers/index.ts';
import type { ConfigFacts } from '../config/sink.ts';
import { Sinks } from '../config/sinks.ts';
import { defineCrawler, type FileFacts, type Project } from '../crawler.ts';
import { readBlocks, type Attribute, type TerraformFile } from './blocks.ts';
import { evaluate, inResource, newQuery } from './evaluate.ts';
import { indexModules, META_ARGUMENTS, type EachBound, type Module, type Placed, type Value } from './modules.ts';

/** Nesting of values that is looked into. */
const MAX_NESTING = 8;
/** Values looked at in one tree, and steps of following them (about a second); a tree of thousands of resources stops there. */
const MAX_LOOKS = 50_000;
const MAX_STEPS = 2_000_000;

/** What is known of the place that a value is given to. */
interface Place {
  /** The resource's type is AI: its model attributes count. */
  readonly ai: boolean;
  readonly provider: string | undefined;
  /** A variable, local or argument: its name must say that it is a model. */
  readonly named: boolean;
}

const LISTED: Place = { ai: false, provider: undefined, named: true };

/** Something is followed here; plain literals are read by the configuration crawler. */
const FOLLOWED = /[a-z_][\w-]*[.(]|\$\{|\bfor\b/;

/**
 * Terraform, OpenTofu and Terragrunt across files: what variables, locals, `for_each`, calls of
 * modules and their outputs give to AI resources and to environments.
 */
export const terraformCrawler = defineCrawler<TerraformFile>({
  id: 'terraform',
  wants: ({ path }) => formatOf(path) === 'hcl' && !/(?:^|\/)\.terraform\/|\.tftest\.|\.terraform\.lock\.hcl$/.test(path),
  extract({ text }) {
    const facts = readBlocks(text);
    return facts.blocks.length + facts.assigned.length > 0 ? { facts } : {};
  },
  detect: (files, project) => detectModules(files, project),
});

function detectModules(files: readonly FileFacts<TerraformFile>[], project: Project): Discovery {
  const reader = new ValueReader(project.knowledge);
  for (const module of indexModules(files)) {
    for (const placed of module.blocks) reader.block(placed, module);
  }
  return reader.facts();
}

class ValueReader {
  readonly #sinks: Sinks;
  #looks = 0;
  #steps = 0;

  constructor(knowledge: Knowledge) {
    this.#sinks = new Sinks(knowledge, 'terraform');
  }

  facts(): ConfigFacts {
    return this.#sinks.facts();
  }

  /** What an expression may be, within the budget of the tree. */
  #values(bound: EachBound): readonly Value[] {
    if (this.#steps > MAX_STEPS) return [];
    const query = newQuery();
    const found = evaluate(bound, query);
    this.#steps += query.steps;
    return found;
  }

  #bound(attribute: Attribute, placed: Placed, module: Module): EachBound {
    const query = newQuery();
    const bound = inResource(attribute, placed, module, query);
    this.#steps += query.steps;
    return bound;
  }

  block(placed: Placed, module: Module): void {
    const { block } = placed;
    if (block.type === 'resource' || block.type === 'data') this.#resource(placed, module);
    else if (block.type === 'module' || block.type === 'variable' || block.type === 'locals')
      for (const attribute of block.attributes) {
        const [name = ''] = attribute.path;
        const given = block.type === 'variable' ? name === 'default' : !META_ARGUMENTS.has(name);
        if (!given || attribute.path.length > 1) continue;
        const key = block.type === 'variable' ? (block.labels[0] ?? '') : name;
        this.#look(this.#bound(attribute, placed, module), key, LISTED, 0);
      }
  }

  #resource(placed: Placed, module: Module): void {
    const { block } = placed;
    const { infrastructure } = this.#sinks.of(placed.path);
    const facts = infrastructure.resource('terraform', block.labels[0] ?? '');
    const named = block.type === 'resource' ? infrastructure.agentName(block.labels[0] ?? '') : undefined;
    const agent = block.attributes.find(({ path }) => path.length === 1 && path[0] === named);
    if (agent) for (const value of texts(this.#values(this.#bound(agent, placed, module)))) this.#agent(value);
    const place: Place = { ai: facts !== undefined, provider: facts?.service, named: false };
    for (const attribute of block.attributes) {
      // The objects that a resource is made for: `{ model = "gpt-4o", version = "2024-11-20" }`.
      if (place.ai && attribute.path[0] === 'for_each') this.#look(this.#bound(attribute, placed, module), 'for_each', LISTED, 0);
      if (!FOLLOWED.test(attribute.text) || META_ARGUMENTS.has(attribute.path[0] ?? '') || OTHER_RESOURCE.test(attribute.text.trim()))
        continue;
      const bound = this.#bound(attribute, placed, module);
      const name = attribute.path.at(-1) ?? '';
      if (place.ai && name === 'name' && formatBeside(attribute, block.attributes)) {
        for (const value of texts(this.#values(bound)))
          this.#sinks
            .of(value.path)
            .model(
              value.text,
              { position: 'argument', key: 'model', provider: 'azure-openai' },
              value.line,
              `${block.labels[0]}.model.name`,
            );
      } else this.#look(bound, name, place, 0);
    }
  }

  #agent({ path, text, line }: Extract<Value, { kind: 'text' }>): void {
    const sink = this.#sinks.of(path);
    if (/^\w[\w .-]{0,99}$/.test(text)) sink.add({ kind: 'agent', name: text, occurrences: [sink.occurrence(line, 'agent', 'high')] });
  }

  /** Follows a value to its strings. */
  #look(bound: EachBound, key: string, place: Place, depth: number): void {
    if (depth > MAX_NESTING || ++this.#looks > MAX_LOOKS) return;
    const { ast } = bound;
    // What a template is rendered with: `templatefile("x.sh", { model_id = var.model_id })`.
    if (ast.kind === 'call' && ast.name === 'templatefile' && ast.args[1]) {
      this.#look({ ...bound, ast: ast.args[1] }, key, { ...place, named: true }, depth + 1);
      return;
    }
    for (const value of this.#values(bound)) {
      if (value.kind === 'text') this.#text(value, key, place);
      else if (value.kind === 'list') for (const item of value.items) this.#look(item, key, place, depth + 1);
      else this.#object(value, place, depth);
    }
  }

  #object(value: Extract<Value, { kind: 'object' }>, place: Place, depth: number): void {
    const entry = (name: string): (typeof value.entries)[number] | undefined => value.entries.find(({ key }) => key === name);
    const named = entry('name');
    const [name] = named ? texts(this.#values(named.value)) : [];
    const given = entry('value');
    // `{ name = "MODEL_ID", value = var.model_id }` of a container.
    if (name && given && isEnvName(name.text)) {
      this.#look(given.value, name.text, place, depth + 1);
      return;
    }
    const deployed = entry('model_name') ?? entry('model') ?? named;
    const versioned = entry('version') ?? entry('model_version');
    const [version] = versioned ? texts(this.#values(versioned.value)).filter(({ text }) => VERSION.test(text)) : [];
    if (deployed && (entry('format') || entry('model_format') || (version && place.named && deployed !== named))) {
      for (const item of texts(this.#values(deployed.value)))
        this.#sinks.of(item.path).model(
          item.text,
          { position: 'argument', key: 'model', provider: 'azure-openai' },
          item.line,
          deployed.key,
          // Azure retires versions of a model one by one, and names them like this.
          version === undefined ? {} : { aliases: [`${item.text}@${version.text}`] },
        );
    }
    for (const { key, value: inner } of value.entries) this.#look(inner, key, place, depth + 1);
  }

  #text(value: Extract<Value, { kind: 'text' }>, key: string, place: Place): void {
    const sink = this.#sinks.of(value.path);
    // The region of an ARN may stay unknown.
    if (!value.exact && !value.text.startsWith('arn:')) return;
    if (!place.named || isEnvName(key)) readAttribute(sink, key, value.text, value.line, place.ai, place.provider);
    else if (sink.models.keys.read(key)) {
      const model = sink.model(value.text, { position: 'key', key }, value.line, key);
      if (model?.provider === 'aws-bedrock') sink.service('aws-bedrock', value.line, key);
    }
  }
}

/** `2024-11-20`, `001`: a version of a model that Azure runs. */
const VERSION = /^(?:\d{4}-\d{2}-\d{2}|0\d{2,3})$/;

const texts = (values: readonly Value[]): Extract<Value, { kind: 'text' }>[] =>
  values.flatMap((value) => (value.kind === 'text' && value.exact ? [value] : []));

/** `model_name = aws_sagemaker_model.main.name`: what the program calls a resource of its own is no model's name. */
const OTHER_RESOURCE = /^(?!(?:var|local|module|data|each|path|self|terraform)\.)[a-z][a-z0-9_-]*\.[\w-]+(?:\[[^\]]*\])?\.(?:name|id)$/;

/** `format` in the same block: the `model` block of a deployment. */
const formatBeside = (attribute: Attribute, all: readonly Attribute[]): boolean => {
  const block = attribute.path.slice(0, -1).join('.');
  return all.some(({ path }) => path.at(-1) === 'format' && path.slice(0, -1).join('.') === block);
};
