import { families } from '../../src/crawlers/manifests/families.ts';
import { detectSection } from '../../src/knowledge/detect.ts';
import type { DetectRule } from '../../src/knowledge/detect/shapes.ts';
import type { Knowledge } from '../../src/knowledge/knowledge.ts';
import { librariesSection } from '../../src/knowledge/libraries.ts';
import { providersSection } from '../../src/knowledge/providers.ts';
import { vectorStoresSection } from '../../src/knowledge/vector-stores.ts';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Languages by what a field of the rules names. */
function languagesBy(rules: readonly DetectRule[], key: (rule: DetectRule) => string | undefined): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const rule of rules) {
    const name = key(rule);
    if (name === undefined) continue;
    const languages = found.get(name) ?? new Set<string>();
    for (const language of rule.languages) languages.add(language);
    found.set(name, languages);
  }
  return found;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...rows.map((row) => `| ${row.join(' | ')} |`), ''];
const list = (languages: ReadonlySet<string> | undefined): string => [...(languages ?? [])].sort(byText).join(', ') || '-';

/** docs/detections.md: what is recognised, from the rules and catalogues themselves. */
export function detectionsPage(knowledge: Knowledge): string {
  const { rules } = knowledge.get(detectSection).asset;
  const services = languagesBy(rules, (rule) => rule.service);
  const stores = languagesBy(rules, (rule) => rule.store);
  const agents = languagesBy(rules, (rule) => rule.agent);
  const providers = knowledge.get(providersSection).all.toSorted((a, b) => byText(a.slug, b.slug));
  const ecosystems = new Map<string, number>();
  for (const entry of knowledge.get(librariesSection).entries) ecosystems.set(entry.ecosystem, (ecosystems.get(entry.ecosystem) ?? 0) + 1);
  return [
    '# What is recognised',
    '',
    'Made from `rules/detect` and `rules/catalog` by a test; edit those. A detection is data: [CONTRIBUTING.md](../CONTRIBUTING.md) says how to add one, and `--rules DIR` adds your own.',
    '',
    `${rules.length} detections of calls, imports and constructors; ${providers.length} providers; ${[...ecosystems.values()].reduce((a, b) => a + b, 0)} AI packages.`,
    '',
    '## Services',
    'Recognised by client calls in the languages named, and everywhere by host, environment name, base URL and configuration block.',
    '',
    ...table(['provider', 'slug', 'clients in'], providers.map((provider) => [provider.name, `\`${provider.slug}\``, list(services.get(provider.slug))])),
    '## Vector stores',
    '',
    ...table(['store', 'slug', 'clients in'], knowledge.get(vectorStoresSection).all.toSorted((a, b) => byText(a.slug, b.slug)).map((store) => [store.name, `\`${store.slug}\``, list(stores.get(store.slug))])),
    '## Agent frameworks',
    '',
    ...table(['framework', 'languages'], [...agents].sort(([a], [b]) => byText(a, b)).map(([name, languages]) => [name, list(languages)])),
    '## Cloud resources in programs',
    '',
    ...table(['resources', 'languages'], rules.filter((rule) => rule.infra?.type !== undefined).map((rule) => [`\`${rule.infra?.type?.replace('{}', '*') ?? ''}\``, [...rule.languages].sort(byText).join(', ')])),
    '## Package manifests and lock files',
    '',
    ...families.map((family) => `- \`${family.id}\``),
    '',
    '## AI packages known',
    '',
    ...table(['ecosystem', 'packages'], [...ecosystems].sort(([a], [b]) => byText(a, b)).map(([name, count]) => [name, String(count)])),
  ].join('\n');
}
