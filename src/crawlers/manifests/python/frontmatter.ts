import { occurs } from '../../../text/sieve.ts';
import type { ManifestReader } from '../reader.ts';
import { pypiRequirement } from './requirement.ts';

/** Rows of a docstring; the keys stand in the first dozen. */
const MAX_ROWS = 60;

const HOST = /^(?:from|import) open_webui\b/m;

/**
 * Plugins of Open WebUI (tools, filters, pipes) name in their docstring what the host installs before it loads them.
 * https://docs.openwebui.com/features/plugin/tools/development
 */
export const frontmatterReader: ManifestReader = {
  id: 'plugin-frontmatter',
  matches: (_path, name) => name.endsWith('.py'),
  prefilter: (latin1) => /^\s{0,20}"""/.test(latin1) && (latin1.slice(0, 8_000).includes('\nrequirements:') || occurs(HOST, latin1)),
  read: (text) => {
    const rows = text.split(/\r?\n/).slice(0, MAX_ROWS);
    const start = rows.findIndex((row) => row.trim() !== '');
    const length = rows.slice(start + 1).findIndex((row) => row.includes('"""'));
    const head = rows.slice(0, start + 1 + Math.max(0, length));
    const title = head.findIndex((row) => row.startsWith('title:'));
    // A plugin that imports its host runs in it.
    const host = title >= 0 && HOST.test(text) ? pypiRequirement('open-webui', title + 1, 'runtime') : undefined;
    const requirements = head.flatMap((row, index) => {
      const listed = /^requirements:(.*)$/.exec(row)?.[1] ?? '';
      return listed.split(',').flatMap((item) => pypiRequirement(item, index + 1, 'runtime') ?? []);
    });
    return { reader: 'plugin-frontmatter', requirements: [...requirements, ...(host ? [host] : [])], casual: true };
  },
};
