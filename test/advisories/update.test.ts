import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runAdvisoriesUpdate } from '../../src/cli/advisories.ts';
import { advisoryLookup } from '../../src/cli/look-up.ts';
import { UserError } from '../../src/core/errors.ts';
import { buildInventory } from '../../src/core/inventory.ts';
import { indexAdvisories } from '../../src/knowledge/advisories.ts';
import { advisoriesOf } from '../../src/knowledge/osv.ts';
import { lookUp } from '../../src/registries/advisories.ts';
import { RegistryError } from '../../src/registries/registry-error.ts';
import { cvss3Score, cvssSeverity } from '../../src/knowledge/cvss.ts';
import { cvss4Score } from '../../src/knowledge/cvss4.ts';

const record = (id: string, name: string, events: readonly object[], more: object = {}): object => ({
  id,
  modified: '2026-01-01T00:00:00Z',
  affected: [{ package: { name, ecosystem: 'PyPI' }, ranges: [{ type: 'ECOSYSTEM', events }] }],
  ...more,
});
const torch = record('GHSA-53q9-r3pm-6pq6', 'torch', [{ introduced: '0' }, { fixed: '2.6.0' }], {
  aliases: ['CVE-2025-32434'],
  details: 'prose',
  database_specific: { severity: 'CRITICAL' },
});
const flask = record('PYSEC-1', 'flask', [{ introduced: '0' }]);

/** A zip with one deflated member per record, as OSV publishes them. */
function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [data, path] = [Buffer.from(text), Buffer.from(name)];
    const packed = deflateRawSync(data);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(path.length, 22);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, path, packed]);
    locals.push(local);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), fields, central, path]));
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(centrals.length, 8);
  end.writeUInt16LE(centrals.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'assay-advisories-'));
  vi.stubEnv('ASSAY_CACHE_DIR', join(directory, 'cache'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

describe('assay advisories update', () => {
  it('keeps facts about AI packages of a directory, without prose, and the next scan compares with them', async () => {
    mkdirSync(join(directory, 'db/torch'), { recursive: true });
    writeFileSync(join(directory, 'db/torch/GHSA.json'), JSON.stringify(torch));
    writeFileSync(join(directory, 'db/PYSEC-1.yaml'), JSON.stringify(flask));
    writeFileSync(join(directory, 'db/README.yaml'), 'title: not a record\n');
    expect(await runAdvisoriesUpdate({ from: join(directory, 'db'), asOf: '2026-11-20' })).toBe(0);
    const text = readFileSync(join(directory, 'cache/advisories.json'), 'utf8');
    expect(text).toContain('GHSA-53q9-r3pm-6pq6');
    expect(text).not.toMatch(/prose|flask/);
    const { advisories } = advisoryLookup({}, new Date());
    expect(await advisories?.([])).toMatchObject({ asOf: '2026-11-20', advisories: [{ id: 'GHSA-53q9-r3pm-6pq6', severity: 'critical' }] });
  });

  it('reads a zip, and gives the same bytes for the same records', async () => {
    const path = join(directory, 'all.zip');
    writeFileSync(path, zipOf({ 'GHSA.json': JSON.stringify(torch), 'PYSEC-1.json': JSON.stringify(flask), 'notes.txt': 'x' }));
    for (const output of ['a.json', 'b.json'])
      await runAdvisoriesUpdate({ from: path, asOf: '2026-11-20', source: 'OSV', output: join(directory, output) });
    const [a, b] = ['a.json', 'b.json'].map((name) => readFileSync(join(directory, name), 'utf8'));
    expect(a).toBe(b);
    expect(JSON.parse(a ?? '')).toMatchObject({ source: 'OSV', asOf: '2026-11-20', advisories: [{ package: 'torch' }] });
  });

  it('says what is wrong with a source', async () => {
    writeFileSync(join(directory, 'x.zip'), 'no zip');
    await expect(runAdvisoriesUpdate({ from: join(directory, 'missing') })).rejects.toThrow('no such file');
    await expect(runAdvisoriesUpdate({ from: join(directory, 'x.zip') })).rejects.toThrow(UserError);
    await expect(runAdvisoriesUpdate({ from: 'http://example.com/all.zip' })).rejects.toThrow('https only');
    await expect(runAdvisoriesUpdate({ from: 'https://example.com/all.zip', offline: true })).rejects.toThrow('--offline');
  });
});

describe('look-up in a scan', () => {
  it('asks nothing without a store or --online, and says when a service fails', async () => {
    expect(advisoryLookup({}, new Date())).toEqual({});
    expect(advisoryLookup({ online: true, offline: true }, new Date())).toEqual({});
    const inventory = buildInventory([]);
    expect(await lookUp(inventory, undefined)).toEqual({ found: [], coverage: [] });
    const failing = () => Promise.reject(new RegistryError('https://osv.example', 'HTTP 503', 503));
    expect((await lookUp(inventory, failing)).coverage).toEqual([
      { id: 'advisories', status: 'failed', files: 0, reason: 'https://osv.example: HTTP 503' },
    ]);
  });
});

describe('OSV records', () => {
  it('become intervals, one per introduced event', () => {
    const [advisory] = advisoriesOf(
      record('X-1', 'Torch_Vision', [
        { introduced: '0' },
        { fixed: '1.2' },
        { introduced: '2.0' },
        { last_affected: '2.4' },
        { introduced: '3.0' },
      ]),
    );
    expect(advisory).toMatchObject({
      package: 'torch-vision',
      ranges: [{ introduced: '0', fixed: '1.2' }, { introduced: '2.0', lastAffected: '2.4' }, { introduced: '3.0' }],
    });
    const index = indexAdvisories({ asOf: '', advisories: advisory ? [advisory] : [] });
    const affected = ['1.1', '1.2', '2.4', '2.4.1', '3.1'].filter((version) => index.affecting('pypi', 'torch.vision', version).length > 0);
    expect(affected).toEqual(['1.1', '2.4', '3.1']);
  });

  it('mean the builds of a version too, above its last affected one or not', () => {
    const index = indexAdvisories({
      asOf: '',
      advisories: advisoriesOf(record('X-1', 'torch', [{ introduced: '0' }, { last_affected: '2.7.0' }])),
    });
    const affected = ['2.7.0', '2.7.0+cu128', '2.7.1+cu128'].filter((version) => index.affecting('pypi', 'torch', version).length > 0);
    expect(affected).toEqual(['2.7.0', '2.7.0+cu128']);
  });

  it('take the versions that Go gives beside an open range', () => {
    const events = (fixed: string): object => ({ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] });
    const open = { type: 'SEMVER', events: [{ introduced: '0' }] };
    const module = (ranges: readonly object[], custom: readonly object[]): object => ({
      id: 'GO-1',
      affected: [
        { package: { name: 'github.com/a/b', ecosystem: 'Go' }, ranges, ecosystem_specific: { imports: [], custom_ranges: custom } },
      ],
    });
    expect(advisoriesOf(module([open], [events('2.22.0')]))[0]?.ranges).toEqual([{ introduced: '0', fixed: '2.22.0' }]);
    expect(advisoriesOf(module([events('1.0.0')], [events('2.22.0')]))[0]?.ranges).toEqual([{ introduced: '0', fixed: '1.0.0' }]);
    expect(advisoriesOf(module([open], []))[0]?.ranges).toEqual([{ introduced: '0' }]);
  });

  it('have a severity where they carry a vector of CVSS 4 alone', () => {
    const vector = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';
    const [advisory] = advisoriesOf(record('X-4', 'torch', [{ introduced: '0' }], { severity: [{ type: 'CVSS_V4', score: vector }] }));
    expect(advisory?.severity).toBe('critical');
  });

  it('are dropped where they are withdrawn, of unknown ecosystems, or no records', () => {
    for (const value of [
      null,
      [],
      'x',
      {},
      { ...torch, withdrawn: '2026-01-01T00:00:00Z' },
      { id: 'X', affected: [{ package: { name: 'x', ecosystem: 'Alpine' } }] },
      { id: 'X', affected: [{}] },
    ])
      expect(advisoriesOf(value)).toEqual([]);
  });

  it('are one finding where two databases describe one vulnerability', () => {
    const twin = record('PYSEC-9', 'torch', [{ introduced: '0' }, { fixed: '2.6.0' }], { aliases: ['CVE-2025-32434'] });
    const index = indexAdvisories({ asOf: '', advisories: [...advisoriesOf(torch), ...advisoriesOf(twin)] });
    expect(index.affecting('pypi', 'torch', '2.0').map(({ id, fixed }) => [id, fixed])).toEqual([['GHSA-53q9-r3pm-6pq6', '2.6.0']]);
  });
});

describe('CVSS 3 (examples of the FIRST user guide)', () => {
  it.each([
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8, 'critical'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1, 'medium'],
    ['CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4, 'medium'],
    ['CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N', 3.1, 'low'],
    ['CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 7.8, 'high'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0, 'info'],
    ['CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:C/C:H/I:H/A:H', 9.1, 'critical'],
  ])('%s is %d', (vector, score, severity) => {
    expect(cvss3Score(vector)).toBe(score);
    expect(cvssSeverity(vector)).toBe(severity);
  });

  it('is undefined for other versions and broken vectors', () => {
    for (const vector of [
      '',
      'AV:N/AC:L/Au:N/C:P/I:P/A:P',
      'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
      'CVSS:3.1/AV:X',
      'CVSS:3.1/__proto__:N',
    ])
      expect(cvss3Score(vector), vector).toBeUndefined();
  });
});

// Vectors of the published examples, and of the regressions that other calculators found.
describe('CVSS 4', () => {
  it.each([
    ['AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10, 'critical'],
    ['AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 9.3, 'critical'],
    ['AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:H/SI:H/SA:H', 7.9, 'high'],
    ['AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:L/SA:N', 6.9, 'medium'],
    ['AV:L/AC:L/AT:N/PR:L/UI:P/VC:N/VI:H/VA:H/SC:N/SI:L/SA:L', 5.2, 'medium'],
    ['AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N', 1, 'low'],
    ['AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0, 'info'],
    // Threat
    ['AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:U', 9.1, 'critical'],
    ['AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:P', 5.9, 'medium'],
    ['AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:U', 4.1, 'medium'],
    // Requirements
    ['AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/CR:H/IR:H/AR:M', 7.2, 'high'],
    ['AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/CR:L/IR:L/AR:L', 5.4, 'medium'],
    ['AV:N/AC:H/AT:N/PR:H/UI:N/VC:N/VI:N/VA:H/SC:H/SI:H/SA:H/CR:L/IR:L/AR:L', 5.8, 'medium'],
    // Modified metrics go first; supplemental ones do not count
    ['AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/MVI:L/MSA:S', 9.8, 'critical'],
    [
      'AV:L/AC:L/AT:N/PR:L/UI:P/VC:N/VI:H/VA:H/SC:N/SI:L/SA:L/E:P/CR:H/IR:M/AR:H/MAV:A/MAT:P/MPR:N/MVI:H/MVA:N/MSI:H/MSA:N/S:N/V:C/U:Amber',
      4.7,
      'medium',
    ],
    [
      'AV:N/AC:L/AT:P/PR:L/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N/E:P/CR:X/IR:M/AR:X/MAV:N/MAC:H/MAT:X/MPR:L/MUI:X/MVC:L/MVI:N/MVA:H/MSC:L/MSI:S/MSA:S',
      7.4,
      'high',
    ],
    ['AV:L/AC:L/AT:N/PR:H/UI:P/VC:H/VI:N/VA:L/SC:H/SI:N/SA:L/MVC:N/MVI:X/MVA:N/MSC:N/MSI:X/MSA:N', 0, 'info'],
  ])('%s is %d', (metrics, score, severity) => {
    expect(cvss4Score(`CVSS:4.0/${metrics}`)).toBe(score);
    expect(cvssSeverity(`CVSS:4.0/${metrics}`)).toBe(severity);
  });

  it('is undefined for other versions, missing metrics and values that do not exist', () => {
    const base = 'AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';
    for (const vector of [
      '',
      `CVSS:3.1/${base}`,
      base,
      'CVSS:4.0',
      'CVSS:4.0/AV:N',
      `CVSS:4.0/${base.replace('AV:N', 'AV:Z')}`,
      `CVSS:4.0/${base.replace('AV:N', 'AV:')}`,
      `CVSS:4.0/${base.replace('AV:N', 'AV:NA')}`,
      `CVSS:4.0/${base.replace('SC:N', 'SC:S')}`,
      `CVSS:4.0/${base.replace('SC:N', 'SC:-')}`,
      `CVSS:4.0/${base.replace('SI:N', 'SI:S')}`,
      `CVSS:4.0/${base}/AV:N`,
      `CVSS:4.0/${base}/E:Z`,
      `CVSS:4.0/${base}/MSC:S`,
      `CVSS:4.0/${base}/`,
      'CVSS:4.0/__proto__:N',
    ])
      expect(cvss4Score(vector), vector).toBeUndefined();
  });
});
