import type { ResourceFacts } from '../../../knowledge/infrastructure.ts';
import { get, itemsOf, mapsOf, textOf, type ConfigNode, type MapEntry, type MapNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';
import { readEnvironment } from './environment.ts';
import { isEnvName } from './values.ts';

/** The partition may be a variable. */
const MODEL_ARN = /arn:[^:\s]*:bedrock:[^:\s]*:[^:\s]*:(?:foundation-model|inference-profile)\/([\w.:-]+)/g;

/** A resource of an AI type: infrastructure, and the service or store that it stands for. */
export function addResource(sink: Sink, facts: ResourceFacts, type: string, line: number): void {
  const ref = facts.infra === false ? undefined : sink.infra(type, 'resource', line, type);
  if (facts.service !== undefined) {
    sink.service(facts.service, line, type);
    if (ref !== undefined) sink.relate({ from: ref, to: `service:${facts.service}`, type: 'runs', location: { path: sink.path, line } });
  }
  if (facts.store !== undefined) sink.store(facts.store, line, type);
}

/** Models named by ARNs and model attributes anywhere below a node; environment variables of functions. */
function readAttributes(sink: Sink, root: ConfigNode, ai: boolean, provider: string | undefined): void {
  for (const { map } of mapsOf(root)) {
    for (const entry of map.entries) {
      const scalars = entry.value.kind === 'scalar' ? [entry.value] : itemsOf(entry.value).filter((item) => item.kind === 'scalar');
      for (const node of scalars) {
        if (node.kind === 'scalar' && node.type !== 'expression') readAttribute(sink, entry.key, node.value, node.line, ai, provider);
      }
    }
  }
}

/** One attribute of a resource: an ARN or id of a model, an environment variable, an action of a policy. */
export function readAttribute(sink: Sink, key: string, value: string, line: number, ai: boolean, provider: string | undefined): void {
  if (/(?:^|[^a-z])arn:/.test(value)) {
    for (const match of value.matchAll(MODEL_ARN)) {
      const id = match[1] ?? '';
      if (!id.endsWith('.') && sink.model(`arn:aws:bedrock:::foundation-model/${id}`, { position: 'argument', key }, line, key))
        sink.service('aws-bedrock', line, key);
    }
  } else if (isEnvName(key) && key.includes('_')) readEnvironment(sink, key, value, line, provider);
  else if (ai && sink.infrastructure.isModelAttribute(key)) sink.model(value, { position: 'argument', key, provider }, line, key);
  else if (IMAGE_ATTRIBUTE.test(key)) readImage(sink, value, line, key);
  const service = /^[a-z-]+:[A-Z*]\w*$/.test(value) ? sink.infrastructure.action(value) : undefined;
  if (service !== undefined) sink.service(service, line, value);
}

/** Attributes that hold the image of a container, in any provider's words. */
const IMAGE_ATTRIBUTE = /(?:^|_)(?:container_?)?image(?:_?ur[il]|_?name)?$/i;

/** An AI image that an attribute or a variable names; what interpolates into its registry stays as written. */
function readImage(sink: Sink, text: string, line: number, symbol: string): void {
  const name = text.replace(/(?<=\/[^/]*)[:@][^/]*$/, '');
  const plain = name.replaceAll(/\$\{[^{}]*\}/g, 'x');
  if (plain === name) sink.image(text, line, symbol);
  else if (sink.infrastructure.image(plain)) sink.infra(name, 'image', line, symbol);
}

const isTerraformName = (path: string): boolean => /\.(?:tf|tofu|tfvars|hcl)(?:\.|$)/.test(path);

/** Terraform and OpenTofu. */
export function readTerraform(sink: Sink, root: ConfigNode): void {
  if (root.kind !== 'map') return;
  const variables = /\.(?:auto\.)?tfvars/.test(sink.path) && isTerraformName(sink.path);
  for (const entry of root.entries) {
    const { key, labels = [], value, line } = entry;
    if (key === 'resource' || key === 'data') readTerraformResource(sink, entry);
    else if (key === 'variable') readVariable(sink, labels[0] ?? '', get(value, 'default'), 'var');
    else if (key === 'locals' && value.kind === 'map')
      for (const local of value.entries) readVariable(sink, local.key, local.value, 'local');
    else if (key === 'module' || variables) {
      if (variables && value.kind === 'scalar') readVariable(sink, key, value, 'var');
      else if (value.kind === 'map') for (const argument of value.entries) readVariable(sink, argument.key, argument.value, undefined);
    }
    void line;
  }
  readAttributes(sink, root, false, undefined);
}

function readVariable(sink: Sink, name: string, value: ConfigNode | undefined, prefix: 'var' | 'local' | undefined): void {
  if (value?.kind === 'list' || value?.kind === 'map') {
    if (value.kind === 'list' && sink.models.keys.read(name))
      for (const item of value.items)
        if (item.kind === 'scalar' && item.type === 'string')
          sink.model(item.value, { position: 'key', key: name, ai: true }, item.line, name);
    return;
  }
  if (value?.kind !== 'scalar' || value.type === 'expression' || value.type === 'null') return;
  if (IMAGE_ATTRIBUTE.test(name)) readImage(sink, value.value, value.line, name);
  if (prefix !== undefined) sink.setting(`${prefix}.${name}`, value.value, 'variable', value.line);
  const model = sink.model(value.value, { position: 'key', key: name }, value.line, name);
  if (model?.provider === 'aws-bedrock') sink.service('aws-bedrock', value.line, name);
}

function readTerraformResource(sink: Sink, entry: MapEntry): void {
  const written = entry.labels?.[0] ?? '';
  // The generic provider of Azure: `azapi_resource` with `type = "Microsoft.CognitiveServices/accounts@…"`.
  const azure = written.startsWith('azapi_') ? textOf(get(entry.value, 'type'))?.split('@')[0] : undefined;
  const type = azure ?? written;
  const facts = sink.infrastructure.resource(azure === undefined ? 'terraform' : 'azure', type);
  if (!facts) return;
  if (azure !== undefined) readAzureModel(sink, entry.value, type);
  if (entry.key === 'resource') addResource(sink, facts, type, entry.line);
  else if (facts.service !== undefined) sink.service(facts.service, entry.line, type);
  const kind = get(entry.value, 'kind');
  readCognitiveKind(sink, type, kind);
  for (const { map } of mapsOf(entry.value)) {
    const format = get(map, 'format');
    const name = get(map, 'name');
    if (format && name?.kind === 'scalar' && name.type === 'string')
      sink.model(name.value, { position: 'argument', key: 'model', provider: 'azure-openai' }, name.line, `${type}.model.name`);
    const storage = get(map, 'storage_configuration');
    const storageType = textOf(get(storage, 'type'));
    const store = storageType === undefined ? undefined : sink.infrastructure.knowledgeBaseStore(storageType);
    if (store !== undefined && storage) sink.store(store, get(storage, 'type')?.line ?? storage.line, `${type}.storage_configuration.type`);
  }
  readAttributes(sink, entry.value, true, facts.service);
}

function readCognitiveKind(sink: Sink, type: string, kind: ConfigNode | undefined): void {
  const text = textOf(kind);
  if (text === undefined || !kind || !/cognitive|CognitiveServices/i.test(type)) return;
  const service = sink.infrastructure.cognitiveKind(text);
  if (service !== undefined) sink.service(service, kind.line, `${type} kind ${text}`);
}

/** Azure deployments: `properties: {model: {name, version}}`. */
function readAzureModel(sink: Sink, body: ConfigNode, type: string): void {
  for (const { map } of mapsOf(body)) {
    const model = get(map, 'model');
    // A list of deployments handed to a module: `{name: 'gpt-4o', format: 'OpenAI', version: …}`.
    const flat = get(map, 'format') && get(map, 'version') ? map : undefined;
    const name = get(model, 'name') ?? get(flat, 'model') ?? get(flat, 'modelName') ?? get(flat, 'name');
    if (name?.kind === 'scalar' && name.type === 'string' && !/[[({}$]/.test(name.value)) {
      const format = textOf(get(model, 'format') ?? get(map, 'format')) ?? 'OpenAI';
      const version = /^[\w.-]{1,40}$/.exec(textOf(get(model, 'version') ?? get(map, 'version')) ?? '')?.[0];
      sink.model(
        name.value,
        { position: 'argument', key: 'model', provider: /openai/i.test(format) ? 'azure-openai' : 'azure-ai-foundry' },
        name.line,
        `${type} model.name`,
        // Azure retires versions of a model one by one, and names them like this.
        version === undefined ? {} : { aliases: [`${name.value}@${version}`] },
      );
    }
  }
}

/** Bicep declarations: `resource x 'Type@version' = {…}`, `param chatModel string = 'gpt-4o'`. */
export function readBicep(sink: Sink, root: ConfigNode): void {
  if (root.kind !== 'map') return;
  for (const { key, labels = [], value, line } of root.entries) {
    if (key === 'resource' && labels[1] !== undefined) {
      const type = labels[1].split('@')[0] ?? '';
      const facts = sink.infrastructure.resource('azure', type);
      const body = value.kind === 'list' ? (value.items.find((item) => item.kind === 'map') ?? value) : value;
      if (facts) {
        if (!labels.includes('existing')) addResource(sink, facts, type, line);
        else if (facts.store !== undefined) sink.store(facts.store, line, type);
        readCognitiveKind(sink, type, get(body, 'kind'));
        readAzureModel(sink, body, type);
      }
      readAppSettings(sink, body);
    } else if (key === 'param' || key === 'var') {
      const name = labels[0] ?? '';
      if (value.kind === 'scalar' && value.type === 'string') {
        sink.setting(name, value.value, 'variable', value.line);
        sink.model(value.value, { position: 'key', key: name }, value.line, name);
      } else readAzureModel(sink, value, name);
    } else if (key === 'module') {
      const type = sink.infrastructure.module(labels[1] ?? '');
      const facts = type === undefined ? undefined : sink.infrastructure.resource('azure', type);
      if (type !== undefined && facts) {
        addResource(sink, facts, type, line);
        readCognitiveKind(sink, type, get(value, 'params', 'kind'));
      }
      readModule(sink, value);
      readAppSettings(sink, value);
    } else if (sink.path.endsWith('.bicepparam') && value.kind === 'scalar' && value.type === 'string')
      sink.model(value.value, { position: 'key', key }, value.line, key);
  }
}

function readModule(sink: Sink, body: ConfigNode): void {
  readAzureModel(sink, body, 'module');
  const params = get(body, 'params');
  if (params?.kind !== 'map') return;
  for (const { key, value } of params.entries)
    if (value.kind === 'scalar' && value.type === 'string') sink.model(value.value, { position: 'key', key }, value.line, key);
}

/** `appSettings: [{name: 'AZURE_OPENAI_ENDPOINT', value: …}]` and maps of upper-case names. */
function readAppSettings(sink: Sink, body: ConfigNode): void {
  for (const { map } of mapsOf(body)) {
    const name = textOf(get(map, 'name'));
    const value = get(map, 'value');
    if (name !== undefined && value?.kind === 'scalar') {
      if (isEnvName(name)) readEnvironment(sink, name, value.type === 'expression' ? '' : value.value, value.line);
      else if (value.type === 'string') sink.model(value.value, { position: 'key', key: name }, value.line, name);
    }
    for (const entry of map.entries) {
      if (isEnvName(entry.key) && entry.key.includes('_') && entry.value.kind === 'scalar')
        readEnvironment(sink, entry.key, entry.value.type === 'expression' ? '' : entry.value.value, entry.line);
    }
  }
}

/** CloudFormation, SAM and ARM templates, Pulumi YAML: maps with a type and properties. */
export function readTemplates(sink: Sink, root: ConfigNode): void {
  for (const { map } of mapsOf(root)) {
    // A statement of a policy, wherever a framework keeps it.
    if (get(map, 'Effect') && (get(map, 'Action') ?? get(map, 'Resource'))) readAttributes(sink, map, false, undefined);
    const node = get(map, 'Type') ?? get(map, 'type');
    const type = textOf(node);
    if (type === undefined || !node || type.length > 120) continue;
    const system = type.startsWith('AWS::')
      ? 'cloudformation'
      : /^Microsoft\.\w+\//i.test(type)
        ? 'azure'
        : /^[a-z-]+:[\w-]+[:/]/.test(type)
          ? 'pulumi'
          : undefined;
    const facts = system && sink.infrastructure.resource(system, type);
    if (facts) readTypedResource(sink, map, type, facts, node.line);
    else if (type.startsWith('AWS::')) readAttributes(sink, map, false, undefined);
  }
}

function readTypedResource(sink: Sink, map: MapNode, type: string, facts: ResourceFacts, line: number): void {
  addResource(sink, facts, type, line);
  readCognitiveKind(sink, type, get(map, 'kind') ?? get(map, 'properties', 'kind'));
  const body = get(map, 'Properties') ?? get(map, 'properties') ?? map;
  const agent = get(body, sink.infrastructure.agentName(type) ?? '');
  if (agent?.kind === 'scalar' && agent.type === 'string' && /^\w[\w .-]{0,99}$/.test(agent.value))
    sink.add({ kind: 'agent', name: agent.value, occurrences: [sink.occurrence(agent.line, type, 'high')] });
  readAzureModel(sink, body, type);
  readAttributes(sink, body, true, facts.service);
  for (const { map: inner } of mapsOf(body)) {
    const storage = textOf(get(inner, 'StorageConfiguration', 'Type'));
    const store = storage === undefined ? undefined : sink.infrastructure.knowledgeBaseStore(storage);
    if (store !== undefined)
      sink.store(store, get(inner, 'StorageConfiguration', 'Type')?.line ?? line, `${type}.StorageConfiguration.Type`);
  }
}
