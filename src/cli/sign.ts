import { realpath, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { UserError } from '../core/errors.ts';
import { hashReader } from '../integrity/hash.ts';
import { createBundle, createStatement, parsePrivateKey } from '../integrity/oms/sign.ts';
import { modelTree } from '../source/model-tree.ts';
import type { SignFlags } from './flags.ts';
import { EXIT } from './exit.ts';
import { readGiven } from './read.ts';

/** `assay sign`: writes an OpenSSF model signature made with a key or a certificate's key. */
export async function runSign(model: string, flags: SignFlags): Promise<number> {
  if (flags.key === undefined) throw new UserError('--key FILE is needed: the private key that signs');
  const root = await realpath(model).catch(() => {
    throw new UserError(`no such model: ${model}`);
  });
  const bundle = resolve(flags.bundle ?? join(root, 'model.sig'));
  const inside = relative(root, join(await realpath(dirname(bundle)), basename(bundle))).split(sep).join('/');
  const statement = await createStatement(await modelTree(root), {
    name: basename(root),
    ignorePaths: (flags.ignorePath ?? []).map((path) => relative(root, resolve(root, path)).split(sep).join('/')),
    bundlePath: inside.startsWith('..') ? undefined : inside,
    hash: hashReader,
    concurrency: 4,
  });
  const key = parsePrivateKey((await readGiven(flags.key)).toString('utf8'), process.env['ASSAY_KEY_PASSPHRASE']);
  const chain = await Promise.all([...(flags.certificate === undefined ? [] : [flags.certificate]), ...(flags.certificateChain ?? [])].map(async (path) => (await readGiven(path)).toString('utf8')));
  await writeFile(bundle, createBundle(statement, key, chain)).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`cannot write ${flags.bundle ?? bundle}: ${error.code}`);
  });
  process.stderr.write(`signed ${basename(root)}: ${basename(bundle)}\n`);
  return EXIT.ok;
}
