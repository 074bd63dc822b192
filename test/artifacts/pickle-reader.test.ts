import { assert as holds, asyncProperty, integer, uint8Array } from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesReader, type ByteReader } from '../../src/core/byte-reader.ts';
import { looksLikePickle, sizeOfCode, SequenceValue, DictValue, type RawHook } from '../../src/formats/pickle/index.ts';
import { assemble } from '../../fixtures/artifacts/pickle/assembler.ts';
import { at, call, dict, dumps, make, tuple } from '../../fixtures/artifacts/pickle/expression.ts';
import { pickleCases } from '../../fixtures/artifacts/pickle/cases.ts';
import { mutate, randomProgram, randomSource } from '../tools/random-pickles.ts';
import { inspectBytes, inspectReader, pickleContext } from './pickle-harness.ts';

const real = (name: string): Uint8Array => readFileSync(new URL(`../../fixtures/artifacts/real/${name}`, import.meta.url));

describe('what a pickle does, as Python', () => {
  it('prints imports, calls and state in order', async () => {
    const { inspection } = await inspectBytes(dumps(call('os.system', "echo 'hi'\n")));
    expect(inspection.listing).toEqual(['from os import system', "_0 = os.system('echo \\'hi\\'\\n')  # process"]);
  });

  it('prints instances, states and item assignments', async () => {
    const { inspection } = await inspectBytes(dumps(make('__main__.Net', dict({ a: [1, 2.5, null] }))));
    expect(inspection.listing).toEqual([
      'from __main__ import Net',
      '_0 = __main__.Net.__new__(__main__.Net)',
      "_0.__setstate__({'a': [1, 2.5, None]})",
    ]);
  });

  it('does not let control characters through', async () => {
    const { inspection } = await inspectBytes(dumps(call('os.system', '\u001b[2J\u202eevil')));
    expect(inspection.listing?.join('')).not.toMatch(/\p{C}/u);
    expect(inspection.listing?.join('')).toContain('\\x1b[2J\\u202eevil');
  });

  it('cuts the listing of a large file and says so', async () => {
    const { inspection } = await inspectBytes(dumps(Array.from({ length: 3000 }, () => call('collections.OrderedDict'))));
    expect(inspection.listing?.length).toBeLessThan(500);
    expect(inspection.listing?.at(-1)).toMatch(/^# … \d+ more$/);
  });

  it('shows nested pickles', async () => {
    const { inspection } = await inspectBytes(dumps(call('pickle.loads', dumps(call('os.system', 'id')))));
    expect(inspection.listing).toContain('    from os import system');
  });
});

describe('evidence', () => {
  it('names category, callee, arguments and offset', async () => {
    const bytes = dumps(call('os.system', 'id'));
    const { inspection } = await inspectBytes(bytes);
    expect(inspection.findings).toEqual([
      {
        ruleId: 'unsafe-artifact',
        severity: 'critical',
        confidence: 'high',
        verdict: 'malicious',
        offset: bytes.length - 2,
        args: { category: 'process', callee: 'os.system', how: 'call', arguments: "'id'" },
      },
    ]);
  });

  it('counts repetitions in one finding', async () => {
    const { inspection } = await inspectBytes(dumps(Array.from({ length: 50 }, () => call('os.system', 'id'))));
    expect(inspection.findings).toHaveLength(1);
    expect(inspection.findings[0]?.args['count']).toBe(50);
  });

  it('keeps what happened before the damage', async () => {
    const { inspection } = await inspectBytes(assemble('PROTO 2\nGLOBAL os system\nBINUNICODE "id"\nTUPLE1\nREDUCE\nRAW x"ff"'));
    expect(inspection.findings.map(({ ruleId }) => ruleId)).toEqual(['unsafe-artifact', 'incomplete-artifact']);
    expect(inspection.complete).toBe(false);
  });

  it('tells unknown classes without a verdict', async () => {
    const { verdict, inspection } = await inspectBytes(dumps(make('project.net.Net', dict({}))));
    expect(verdict).toBe('clean');
    expect(inspection.findings).toEqual([
      { ruleId: 'pickle-unknown-class', severity: 'info', confidence: 'high', args: { classes: ['project.net.Net'], total: 1 } },
    ]);
  });

  it('says what pickled code refers to', async () => {
    const code = call(
      'types.CodeType',
      0,
      0,
      0,
      0,
      1,
      67,
      new Uint8Array(2),
      tuple(null),
      tuple('multiply', 'numpy'),
      tuple('x'),
      'a.py',
      'f',
      1,
      new Uint8Array(0),
    );
    const { inspection } = await inspectBytes(dumps(call('cloudpickle.cloudpickle._make_function', code, dict({}), 'f', null, null)));
    const finding = inspection.findings.find(({ ruleId, args }) => ruleId === 'pickle-code-object' && args['callee'] === 'types.CodeType');
    expect(finding?.args['names']).toEqual(['multiply', 'numpy', 'x']);
    expect(finding?.args['references']).toEqual([]);
  });
});

describe('facts', () => {
  it('says what wrote the file and what it holds', async () => {
    const { inspection } = await inspectBytes(dumps(make('sklearn.svm._classes.SVC', dict({ _sklearn_version: '1.2.1' })), 4));
    expect(inspection.facts).toMatchObject({
      protocols: [4],
      pickles: 1,
      root: 'sklearn.svm._classes.SVC',
      versions: { 'scikit-learn': '1.2.1' },
    });
    expect(inspection.card).toEqual({ architecture: 'SVC' });
  });

  it('says whether torch would load it with weights_only', async () => {
    const loadable = await inspectBytes(dumps(call('collections.OrderedDict'), 2));
    expect(loadable.inspection.facts['weightsOnly']).toEqual({ loadable: true });
    const refused = await inspectBytes(dumps(make('models.yolo.Model', dict({})), 2));
    expect(refused.inspection.facts['weightsOnly']).toEqual({ loadable: false, refused: ['models.yolo.Model', 'opcode DICT'] });
  });
});

describe('positions for other formats', () => {
  it('stops behind so many pickles', async () => {
    const first = dumps(1);
    const second = dumps(['a', 'b']);
    const { inspection } = await inspectBytes(Buffer.concat([first, second, Buffer.from('raw data')]), { pickles: 2 });
    expect(inspection).toMatchObject({ end: first.length + second.length, complete: true });
    const root = inspection.pickles[1]?.root;
    expect(root instanceof SequenceValue && root.items).toEqual(['a', 'b']);
  });

  it('starts where it is told', async () => {
    const { verdict } = await inspectBytes(Buffer.concat([Buffer.from('HEADER'), dumps([1])]), { start: 6 });
    expect(verdict).toBe('clean');
  });

  it('passes over raw data that a hook names', async () => {
    const pickle = assemble('PROTO 2\nMARK\nGLOBAL __main__ Blob\nEMPTY_TUPLE\nNEWOBJ\nMARK\nBINUNICODE "size"\nBININT1 5\nDICT\nBUILD');
    const rest = assemble('GLOBAL os system\nBINUNICODE "id"\nTUPLE1\nREDUCE\nLIST\nSTOP');
    const raw: RawHook = ({ state }) => {
      const size = state instanceof DictValue ? state.get('size') : undefined;
      return typeof size === 'number' ? Promise.resolve({ type: 'skip', length: size }) : undefined;
    };
    const bytes = Buffer.concat([pickle, Buffer.from('.....'), rest]);
    expect((await inspectBytes(bytes, { raw })).verdict).toBe('malicious');
    expect((await inspectBytes(bytes, { raw })).inspection.complete).toBe(true);
  });

  it('follows arrays that joblib wrote between the opcodes', async () => {
    for (const name of ['joblib-arrays.joblib', 'joblib-list.joblib', 'sklearn-boosting.joblib', 'sklearn-forest.joblib']) {
      const { verdict, inspection } = await inspectBytes(real(name));
      expect(verdict, name).toBe('clean');
      expect(inspection.end, name).toBe(real(name).length);
    }
  });

  it('finds a payload behind a joblib array', async () => {
    const array = real('joblib-arrays.joblib');
    const { verdict } = await inspectBytes(
      Buffer.concat([array.subarray(0, -1), assemble('GLOBAL os system\nBINUNICODE "id"\nTUPLE1\nREDUCE\nSTOP')]),
    );
    expect(verdict).toBe('malicious');
  });

  it('collects persistent ids', async () => {
    const id = tuple('storage', at('torch', 'FloatStorage'), '0', 'cpu', 4);
    const { inspection, verdict } = await inspectBytes(dumps([{ is: 'persistent', id }], 2), { torch: 'zip' });
    expect(verdict).toBe('clean');
    expect(inspection.persistentIds).toHaveLength(1);
  });

  it('knows the size of array elements', () => {
    expect(['f8', '<U10', 'V16', 'b1', 'u2', 'M8', 'O8', 'c16', 'S3'].map((code) => sizeOfCode(code)?.size)).toEqual([
      8, 40, 16, 1, 2, 8, 8, 16, 3,
    ]);
    expect(sizeOfCode('O8')?.objects).toBe(true);
    expect(sizeOfCode('f8;import os')).toBeUndefined();
  });
});

describe('recognition', () => {
  it('knows pickles by their first bytes', () => {
    expect(looksLikePickle(dumps([1], 4))).toBe('yes');
    expect(looksLikePickle(dumps(call('os.system', 'id'), 0))).toBe('maybe');
  });

  it('knows what is none', () => {
    for (const text of [
      '# A readme\n\nText.',
      'The model card',
      '{"a": 1}',
      'PK\u0003\u0004aaaaaaaa',
      '',
      'import os\n',
      '<html>',
      'name,value\n1,2\n',
      'GGUF\u0003',
      '(function () {})',
      'License\nMIT',
    ]) {
      expect(looksLikePickle(Buffer.from(text)), text).toBe('no');
    }
  });
});

describe('bounds', () => {
  it('says incomplete when the steps of the artifact are spent', async () => {
    const { verdict } = await inspectReader(
      bytesReader(dumps(Array.from({ length: 20_000 }, () => 1))),
      {},
      pickleContext({ steps: 10_000 }),
    );
    expect(verdict).toBe('incomplete');
  });

  it('says incomplete when time is over', async () => {
    let clock = 0;
    const { verdict, inspection } = await inspectReader(
      bytesReader(dumps(Array.from({ length: 20_000 }, () => 1))),
      {},
      pickleContext({ deadline: 5 }, () => (clock += 3)),
    );
    expect(verdict).toBe('incomplete');
    expect(inspection.findings[0]?.args['limit']).toBe('time');
  });

  it('follows nested pickles to a bounded depth only', async () => {
    let bytes = dumps(call('collections.OrderedDict'));
    for (let depth = 0; depth < 20; depth += 1) bytes = dumps(call('torch.storage._load_from_bytes', bytes));
    expect((await inspectBytes(bytes)).verdict).toBe('incomplete');
  });

  it('reads a file in pieces and never all of it', async () => {
    const payload = new Uint8Array(3 << 20);
    const bytes = dumps(tuple(payload, payload, call('os.system', 'id')));
    let most = 0;
    let total = 0;
    const reader: ByteReader = {
      size: bytes.length,
      read(offset, length) {
        most = Math.max(most, length);
        const piece = bytes.subarray(offset, offset + length);
        total += piece.length;
        return Promise.resolve(piece);
      },
    };
    expect((await inspectReader(reader)).verdict).toBe('malicious');
    expect(most).toBeLessThanOrEqual(300_000);
    expect(total).toBeLessThan(1_500_000);
  });

  it('gives the same result however the file is read', async () => {
    const sample = pickleCases.filter(({ kind }) => kind !== 'malformed').filter((_, index) => index % 7 === 0);
    for (const { name, bytes } of sample) {
      const content = bytes();
      const whole = await inspectBytes(content);
      const sliced: ByteReader = {
        size: content.length,
        read: (offset, length) => Promise.resolve(Uint8Array.from(content.subarray(offset, offset + length))),
      };
      expect((await inspectReader(sliced)).inspection.findings, name).toEqual(whole.inspection.findings);
    }
  });
});

describe('hostile bytes', () => {
  const settled = async (bytes: Uint8Array): Promise<void> => {
    const started = performance.now();
    const { inspection } = await inspectReader(bytesReader(bytes), {}, pickleContext({ steps: 500_000, members: 2000 }));
    expect(inspection.format).toBe('pickle');
    expect(performance.now() - started).toBeLessThan(2000);
  };

  it('never throws on any bytes', async () => {
    await holds(asyncProperty(uint8Array({ maxLength: 300 }), settled), { numRuns: 400 });
  });

  it('never throws on programs and mutations', async () => {
    const small = pickleCases.map(({ bytes }) => bytes()).filter(({ length }) => length < 5000);
    await holds(
      asyncProperty(integer(), async (seed) => {
        const random = randomSource(seed);
        await settled(randomProgram(random));
        await settled(mutate(small[Math.floor(random() * small.length)] ?? new Uint8Array(0), random));
      }),
      { numRuns: 300 },
    );
  });

  it('cutting a malicious file after its call never makes it clean', async () => {
    const bytes = Buffer.concat([dumps(call('os.system', 'id')).subarray(0, -1), dumps(dict({ a: [1, 2, 3] })).subarray(2)]);
    const callEnds = dumps(call('os.system', 'id')).length - 1;
    for (let length = callEnds; length < bytes.length; length += 1)
      expect((await inspectBytes(bytes.subarray(0, length))).verdict).toBe('malicious');
  });

  it('cutting an honest file never leaves it clean', async () => {
    const bytes = dumps(dict({ a: [1, 2, 3], m: make('sklearn.svm._classes.SVC', dict({ C: 1 })) }));
    for (let length = 0; length < bytes.length; length += 1)
      expect((await inspectBytes(bytes.subarray(0, length))).verdict).not.toBe('clean');
  });
});
