import { expect, it } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { detectionsPage } from './detections-page.ts';

it('docs/detections.md says what the rules and catalogues say', async () => {
  await expect(detectionsPage(loadKnowledge())).toMatchFileSnapshot('../../docs/detections.md');
});
