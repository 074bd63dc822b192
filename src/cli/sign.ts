import { realpath, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { UserError } from '../core/errors.ts';
import { createBundle, createStatement, parsePrivateKey } from '../integrity/oms/sign.ts';
import { modelTree } from '../workers/disk-model.ts';
import type { SignFlags } from './flags.ts';
import { EXIT } from './exit.ts';
import { hasIdentity, signKeyless } from './keyless.ts';
import { readGiven } from './read.ts';

async function signWithKey(statement: Buffer, keyFile: string, flags: SignFlags): Promise<string> {
  const key = parsePrivateKey((await readGiven(keyFile)).toString('utf8'), process.env['ASSAY_KEY_PASSPHRASE']);
  const files = [...(flags.certificate === undefined ? [] : [flags.certificate]), ...(flags.certificateChain ?? [])];
  return createBundle(statement, key, await Promise.all(files.map(async (path) => (await readGiven(path)).toString('utf8'))));
}

/** `assay sign`: writes an OpenSSF model signature made with a key, a certificate's key, or the identity of this job. */
export async function runSign(model: string, flags: SignFlags): Promise<number> {
  if (flags.key === undefined && !hasIdentity())
    throw new UserError(
      'say how to sign: --key FILE with the private key, or keyless in CI (permissions: id-token: write) or with a token in SIGSTORE_ID_TOKEN',
    );
  const root = await realpath(model).catch(() => {
    throw new UserError(`no such model: ${model}`);
  });
  const bundle = resolve(flags.bundle ?? ((await stat(root)).isDirectory() ? join(root, 'model.sig') : `${root}.sig`));
  const directory = await realpath(dirname(bundle)).catch(() => {
    throw new UserError(`no such directory: ${dirname(flags.bundle ?? bundle)}`);
  });
  const inside = relative(root, join(directory, basename(bundle)))
    .split(sep)
    .join('/');
  const tree = await modelTree(root);
  const statement = await createStatement(tree, {
    name: basename(root),
    ignorePaths: (flags.ignorePath ?? []).map((path) => relative(root, resolve(root, path)).split(sep).join('/')),
    bundlePath: inside.startsWith('..') ? undefined : inside,
    concurrency: tree.concurrency,
  }).finally(() => tree.close());
  await writeFile(
    bundle,
    flags.key === undefined ? await signKeyless(statement, flags) : await signWithKey(statement, flags.key, flags),
  ).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof UserError) throw error;
    throw new UserError(`cannot write ${flags.bundle ?? bundle}: ${error.code}`);
  });
  process.stderr.write(`signed ${basename(root)}: ${basename(bundle)}\n`);
  return EXIT.ok;
}
