import type { Requirement, Scope } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { pypiRequirement, scopeOfGroup } from './requirement.ts';

/** Values of an INI file as configparser reads them: indented lines continue a value. */
function* iniLines(text: string): Generator<{ section: string; key: string; value: string; line: number }> {
  let section = '';
  let key = '';
  for (const [index, long] of text.split(/\r?\n/).entries()) {
    // No requirement is longer, and the pattern below looks at blanks twice.
    const raw = long.slice(0, 2000);
    if (raw.trim() === '' || /^\s*[#;]/.test(raw)) continue;
    const header = /^\[([^\]]+)\]/.exec(raw)?.[1];
    const pair = /^([^\s=:[][^=:]*?)\s*[=:]\s*(.*)$/.exec(raw);
    if (header !== undefined) [section, key] = [header.trim(), ''];
    else if (pair) {
      key = pair[1] as string;
      yield { section, key, value: pair[2] as string, line: index + 1 };
    } else if (/^\s/.test(raw) && key !== '') yield { section, key, value: raw, line: index + 1 };
  }
}

function scopeOf(section: string, key: string): Scope | undefined {
  if (section === 'options')
    return key === 'install_requires'
      ? 'runtime'
      : key === 'tests_require'
        ? 'development'
        : key === 'setup_requires'
          ? 'build'
          : undefined;
  if (section === 'options.extras_require') return scopeOfGroup(key, 'optional');
  // tox.ini and the tox section of setup.cfg
  return /^(?:tox:)?testenv(?::|$)/.test(section) && key === 'deps' ? 'development' : undefined;
}

export const setupCfgReader: ManifestReader = {
  id: 'setup-cfg',
  matches: (_path, name) => name === 'setup.cfg' || name === 'tox.ini',
  prefilter: (latin1) => /install_requires|extras_require|tests_require|setup_requires|^deps\s*=/m.test(latin1),
  read: (text) => {
    const requirements: Requirement[] = [];
    for (const { section, key, value, line } of iniLines(text)) {
      const scope = scopeOf(section, key);
      if (scope === undefined) continue;
      // tox: `py310: pytest` binds a line to a factor.
      const written = value
        .replace(/\s#.*$/, '')
        .replace(section.includes('testenv') ? /^\s*[\w,{}!-]+:\s/ : /^$/, '')
        .trim();
      for (const part of key === 'deps' ? [written] : written.split(/(?<=[^\s;])\s{2,}/)) {
        const requirement = part.startsWith('-') || part.includes('{') ? undefined : pypiRequirement(part, line, scope);
        if (requirement) requirements.push(requirement);
      }
    }
    return { reader: 'setup-cfg', requirements, library: true };
  },
};
