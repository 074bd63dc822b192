/**
 * Development check, needs python3: the techniques that our fixtures are made of really run code.
 *
 *     npm run check:canary
 *
 * Each is assembled here with a command that does nothing but create a file named `canary`, and is
 * loaded by CPython in a throw-away directory of its own. It must run there, and we must call it
 * malicious; an honest pickle must do neither. Nothing from outside this file is ever loaded.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { bytesReader } from '../../src/core/byte-reader.ts';
import { assemble } from '../../fixtures/artifacts/pickle/assembler.ts';
import { call, dict, dumps, ref, tuple } from '../../fixtures/artifacts/pickle/expression.ts';
import { inspectArtifact } from '../../src/formats/inspect.ts';
import { knowledge } from './knowledge.ts';

const SHELL = 'touch canary';
const PYTHON = "open('canary', 'w').close()";
const inner = dumps(call('os.system', SHELL), 2);

const techniques: Readonly<Record<string, Uint8Array>> = {
  'os.system by REDUCE': dumps(call('os.system', SHELL), 2),
  'posix.system': dumps(call('posix.system', SHELL), 4),
  'protocol 0': dumps(call('os.system', SHELL), 0),
  'subprocess.check_call': dumps(call('subprocess.check_call', ['touch', 'canary']), 4),
  'subprocess.Popen with a shell': dumps(call('subprocess.getoutput', SHELL), 4),
  'builtins.exec': dumps(call('builtins.exec', PYTHON), 4),
  'builtins.eval': dumps(call('builtins.eval', PYTHON), 4),
  '__builtin__ of Python 2': dumps(call('__builtin__.eval', PYTHON), 2),
  'code of a string compiled': dumps(call('builtins.eval', call('builtins.compile', PYTHON, 'x', 'eval')), 4),
  runpy: dumps(
    call('builtins.exec', `import runpy, pathlib; pathlib.Path('x.py').write_text(${JSON.stringify(PYTHON)}); runpy.run_path('x.py')`),
    4,
  ),
  'timeit.timeit': dumps(call('timeit.timeit', PYTHON, 'pass'), 4),
  'cProfile.run': dumps(call('cProfile.run', PYTHON), 4),
  'pickle in a pickle': dumps(call('pickle.loads', inner), 4),
  'pickle in a deflated pickle': dumps(call('pickle.loads', call('zlib.decompress', deflateSync(inner))), 4),
  'pickle in base64': dumps(call('pickle.loads', call('base64.b64decode', Buffer.from(inner).toString('base64'))), 4),
  'getattr of an imported module': dumps(call(call('builtins.getattr', call('importlib.import_module', 'os'), 'system'), SHELL), 4),
  'pkgutil.resolve_name': dumps(call(call('pkgutil.resolve_name', 'os:system'), SHELL), 4),
  'functools.partial': dumps(call(call('functools.partial', ref('os.system'), SHELL)), 4),
  'operator.methodcaller': dumps(call(call('operator.methodcaller', 'system', SHELL), call('importlib.import_module', 'os')), 4),
  'map consumed by a list': dumps(call('builtins.list', call('builtins.map', ref('os.system'), [SHELL])), 4),
  'a dotted name of protocol 4': assemble(
    `PROTO 4\nSHORT_BINUNICODE "shutil"\nSHORT_BINUNICODE "os.system"\nSTACK_GLOBAL\nSHORT_BINUNICODE ${JSON.stringify(SHELL)}\nTUPLE1\nREDUCE\nSTOP`,
  ),
  INST: assemble(`MARK\nUNICODE ${JSON.stringify(SHELL)}\nINST os system\nSTOP`),
  OBJ: assemble(`MARK\nGLOBAL os system\nUNICODE ${JSON.stringify(SHELL)}\nOBJ\nSTOP`),
  'a name from the memo': assemble(
    `PROTO 4\nSHORT_BINUNICODE "os"\nBINPUT 0\nPOP\nSHORT_BINUNICODE "system"\nBINPUT 1\nPOP\nBINGET 0\nBINGET 1\nSTACK_GLOBAL\nSHORT_BINUNICODE ${JSON.stringify(SHELL)}\nTUPLE1\nREDUCE\nSTOP`,
  ),
  'a stream that breaks after the call': assemble(
    `PROTO 2\nGLOBAL os system\nBINUNICODE ${JSON.stringify(SHELL)}\nTUPLE1\nREDUCE\nRAW x"ff"`,
  ),
  'a call that is thrown away': assemble(
    `PROTO 2\nGLOBAL os system\nBINUNICODE ${JSON.stringify(SHELL)}\nTUPLE1\nREDUCE\nPOP\nEMPTY_DICT\nSTOP`,
  ),
  'beside honest data': dumps(dict({ weights: tuple(1, 2, 3), hook: call('os.system', SHELL) }), 4),
};

const LOADER = 'import pickle, sys\ntry:\n    pickle.load(open(sys.argv[1], "rb"))\nexcept Exception:\n    pass\n';

function runs(bytes: Uint8Array): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'assay-canary-'));
  try {
    writeFileSync(join(directory, 'x.pkl'), bytes);
    spawnSync('python3', ['-I', '-c', LOADER, 'x.pkl'], { cwd: directory, timeout: 20_000, env: { PATH: '/usr/bin:/bin' } });
    return existsSync(join(directory, 'canary'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const verdictOf = async (bytes: Uint8Array): Promise<string> =>
  (await inspectArtifact({ path: 'x.pkl', reader: bytesReader(bytes) }, { knowledge, now: Date.now })).verdict;

let failed = 0;
const honest = dumps(dict({ weights: tuple(1, 2, 3), name: 'model' }), 4);
if (runs(honest) || (await verdictOf(honest)) !== 'clean') {
  console.log('FAIL an honest pickle');
  failed++;
}
for (const [name, bytes] of Object.entries(techniques)) {
  const [ran, verdict] = [runs(bytes), await verdictOf(bytes)];
  if (!ran || verdict !== 'malicious') {
    console.log(`FAIL ${name}: ${ran ? 'ran' : 'did not run'}, ${verdict}`);
    failed++;
  }
}
console.log(`${Object.keys(techniques).length + 1 - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
