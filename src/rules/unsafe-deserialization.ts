import type { Facts, Observation } from '../core/observation.ts';
import { atLeastVersion } from '../core/versions/index.ts';
import { at, facts, isTrue, observed, text } from './shared/facts.ts';
import { loadsOf } from './shared/load.ts';
import { defineRule, type Hit, type RuleInput } from './rule.ts';

/** Arguments that switch a protection off: somebody decided to run what the file says. */
function optOut(values: Facts): string | undefined {
  if (values['weightsOnly'] === false) return 'weights_only=False';
  if (isTrue(values, 'allowPickle')) return 'allow_pickle=True';
  if (values['safeMode'] === false) return 'safe_mode=False';
  if (isTrue(values, 'allowDangerousDeserialization')) return 'allow_dangerous_deserialization=True';
  if (values['useSafetensors'] === false) return 'use_safetensors=False';
  return undefined;
}

/** torch 2.6 made `weights_only=True` the default of `torch.load` (release notes of 2.6.0, CVE-2025-32434). */
const SAFE_TORCH = '2.6.0';

const torchIsSafe = (input: RuleInput): boolean => {
  const torch = input.inventory.get('library:pypi/torch');
  return torch?.kind === 'library' && torch.version !== undefined && atLeastVersion('pypi', torch.version, SAFE_TORCH);
};

/**
 * Whether the call unpickles. Crawlers report every load call with the arguments that decide; a
 * call whose default is safe counts only with the argument that makes it unsafe.
 */
type Judgement = 'unsafe' | 'default' | 'safe';

function judgeCall(callee: string, values: Facts): Judgement {
  if (optOut(values) !== undefined || callee.endsWith('.enable_unsafe_deserialization')) return 'unsafe';
  if (values['weightsOnly'] === true || values['safeMode'] === true || values['allowPickle'] === false || values['useSafetensors'] === true) return 'safe';
  const [module] = callee.split('.');
  const name = callee.slice(callee.lastIndexOf('.') + 1);
  if (/(?:^|\.)torch\.load$/.test(callee) || (module === 'torch' && name === 'load')) return values['weightsOnly'] === null ? 'safe' : 'default';
  if (module === 'numpy' || module === 'np' || module === 'keras' || module === 'tensorflow' || module === 'tf') return 'safe';
  if (module === 'yaml') return yamlIsSafe(name, values) ? 'safe' : 'unsafe';
  if (Object.hasOwn(values, 'allowDangerousDeserialization') || Object.hasOwn(values, 'useSafetensors')) return 'safe';
  return 'unsafe';
}

/** `yaml.load(x, Loader=SafeLoader)`; `safe_load` has a safe loader by its name. A loader that is not known is not called unsafe. */
function yamlIsSafe(name: string, values: Facts): boolean {
  if (name.startsWith('safe_')) return true;
  if (name.startsWith('unsafe_')) return false;
  const loader = values['yamlLoader'];
  if (loader === null) return true;
  return typeof loader === 'string' && /safe|base|full/i.test(loader) && !/unsafe/i.test(loader);
}

function fromCall(input: RuleInput, observation: Observation): Hit[] {
  const callee = text(observation.facts, 'callee') ?? '';
  const judgement = judgeCall(callee, observation.facts);
  if (judgement === 'safe') return [];
  const switchedOff = optOut(observation.facts);
  const safeByDefault = judgement === 'default' && torchIsSafe(input);
  return [
    {
      ...at(observation),
      severity: switchedOff === undefined ? (safeByDefault ? 'low' : 'medium') : 'high',
      args: facts({
        callee,
        optOut: switchedOff,
        argument: text(observation.facts, 'argument'),
        note: safeByDefault ? `torch ${SAFE_TORCH} and later refuse code by default; other environments may not` : undefined,
      }),
    },
  ];
}

const fromLoad = (load: Observation): Hit[] =>
  load.facts['useSafetensors'] === false
    ? [{ ...at(load), args: facts({ callee: text(load.facts, 'loader'), optOut: 'use_safetensors=False', argument: text(load.facts, 'id') }) }]
    : [];

/** Modules of Python's library and of every kind of program: without any AI beside them they are no matter of ours. */
const GENERAL = new Set(['pickle', '_pickle', 'cPickle', 'yaml', 'ruamel', 'marshal', 'shelve', 'jsonpickle']);

const isGeneral = (call: Observation): boolean => GENERAL.has((text(call.facts, 'callee') ?? '').split('.')[0] ?? '');

export const unsafeDeserialization = defineRule({
  id: 'unsafe-deserialization',
  check: (input) => {
    const hasAi = input.inventory.components.length > 0;
    const calls = observed(input, 'deserialize').filter((call) => hasAi || !isGeneral(call));
    const places = new Set(calls.map(({ location }) => `${location.path}\0${location.line ?? ''}`));
    const loads = loadsOf(input).filter(({ location }) => !places.has(`${location.path}\0${location.line ?? ''}`));
    return [...calls.flatMap((call) => fromCall(input, call)), ...loads.flatMap(fromLoad)];
  },
});
