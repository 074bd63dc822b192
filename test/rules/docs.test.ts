import { expect, it } from 'vitest';
import { findingsSection } from '../../src/knowledge/findings.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { rules } from '../../src/rules/index.ts';
import { rulesPage } from './rules-page.ts';

it('docs/rules.md says what rules/findings says', async () => {
  const page = rulesPage(loadKnowledge().get(findingsSection), rules.map((rule) => rule.id));
  await expect(page).toMatchFileSnapshot('../../docs/rules.md');
});
