import { describe, expect, it } from 'vitest';
import { corpus } from '../../fixtures/artifacts/index.ts';
import { bytesReader } from '../../src/core/byte-reader.ts';
import { surveyFile } from '../../src/crawlers/artifacts/survey.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { loadTexts } from '../../src/reporters/text/load-texts.ts';
import { renderInspectionJson } from '../../src/reporters/inspect/json.ts';
import { renderInspectionTable } from '../../src/reporters/inspect/table.ts';

const knowledge = loadKnowledge();
const texts = loadTexts(knowledge);
/** Small files of every group: all rules of artifacts speak here. */
const files = Object.values(corpus)
  .flat()
  .map(({ path, bytes }) => ({ path, bytes: bytes() }))
  .filter(({ bytes }) => bytes.length < 20_000);
const surveyed = await Promise.all(
  files.map(({ path, bytes }) =>
    surveyFile({ path, reader: bytesReader(bytes) }, { knowledge, hash: false, now: () => performance.now() }),
  ),
);

describe('inspect', () => {
  it('says in every sentence what it is about', () => {
    const { artifacts } = JSON.parse(renderInspectionJson(surveyed, texts)) as {
      artifacts: { path: string; findings: { message: string; path?: string }[] }[];
    };
    const poor = artifacts.flatMap(({ path, findings }) =>
      findings.filter(
        ({ message, path: member }) =>
          !message.includes((member ?? path).slice(0, 100)) ||
          /(?:^|calls |builds |operation |refers outside of the model to )unknown\b|undefined|\[object/.test(message),
      ),
    );
    expect(poor.map(({ message }) => message)).toEqual([]);
  });

  it('prints members of archives by their names', () => {
    const zip = surveyed.filter(({ report }) => Array.isArray(report.facts['members']));
    expect(zip.length).toBeGreaterThan(20);
    const table = renderInspectionTable(zip, texts, { color: false, width: 200 });
    expect(table).not.toContain('[object Object]');
    expect(table).toMatch(/members: \S*data\.pkl/);
  });
});
