import { LimitError } from '../core/errors.ts';
import { defineReader, hasExtension, printable } from './reading.ts';
import { beginsWith, decodeXml, MAX_XML, walkXml } from './xml.ts';

/** Text that starts programs in the languages of PMML engines (Java, R, Python), in a format that has only expressions. */
const COMMANDS =
  /\b(?:Runtime\.getRuntime|ProcessBuilder|os\.system|subprocess\.\w+|__import__|child_process|java\.lang\.Runtime|ScriptEngine|system2?\s*\()/;
const SCRIPTS = /<script\b|javascript:|\beval\s*\(|\bexec\s*\(/i;

/** https://dmg.org/pmml: trees, regressions, networks as XML. */
export const pmml = defineReader({
  id: 'pmml',
  extensions: ['.pmml'],
  matches: ({ head, path }) => (beginsWith(head, /<PMML[\s>]/) ? 'yes' : hasExtension(path, '.pmml') ? 'maybe' : 'no'),
  async read({ reader }, context, draft) {
    draft.certain = true;
    if (reader.size > MAX_XML) throw new LimitError('xml-size', 'XML is too long');
    const text = decodeXml(await reader.read(0, reader.size));
    const models: string[] = [];
    let version: string | undefined;
    for (const item of walkXml(text, context, draft)) {
      const values = typeof item === 'string' ? [item] : [...item.attributes.values()];
      for (const value of values) {
        const command = COMMANDS.exec(value);
        if (command)
          draft.report(
            'embedded-code',
            { kind: 'command', callee: printable(command[0], 60) },
            { severity: 'critical', verdict: 'malicious' },
          );
        else if (SCRIPTS.test(value)) draft.report('embedded-code', { kind: 'script', callee: printable(value, 60) });
      }
      if (typeof item === 'string') continue;
      if (item.name === 'PMML') version = item.attributes.get('version');
      else if (item.name === 'Application')
        draft.facts['writer'] = printable(`${item.attributes.get('name') ?? ''} ${item.attributes.get('version') ?? ''}`.trim(), 80);
      else if (/Model$|^(?:NeuralNetwork|RuleSet|Scorecard|GaussianProcess)/.test(item.name) && models.length < 20)
        models.push(printable(item.name, 60));
    }
    if (version !== undefined) draft.facts['version'] = printable(version, 20);
    if (models[0] !== undefined) draft.card = { architecture: models[0] };
  },
});
