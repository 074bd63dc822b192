import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '../core/errors.ts';
import { attestWithKey, bomStatement, type Subject } from '../integrity/attest.ts';
import { parsePrivateKey } from '../integrity/oms/sign.ts';
import type { AttestFlags } from './flags.ts';
import { EXIT } from './exit.ts';
import { signKeyless } from './keyless.ts';
import { readGiven } from './read.ts';

const SUBJECT = /^(.+)=sha256:([0-9a-f]{64})$/;

function parseSubject(text: string): Subject {
  const match = SUBJECT.exec(text);
  if (!match?.[1] || !match[2]) throw new UserError(`--subject ${text}: write it as name=sha256:<64 hexadecimal digits>`);
  return { name: match[1], digest: { sha256: match[2] } };
}

/** `assay attest`: a signed statement that this BOM is what the signer says of the subjects. */
export async function runAttest(bom: string, flags: AttestFlags): Promise<number> {
  const statement = bomStatement(basename(bom), await readGiven(bom), (flags.subject ?? []).map(parseSubject));
  const bundle =
    flags.key === undefined
      ? await signKeyless(statement, flags)
      : attestWithKey(statement, parsePrivateKey((await readGiven(flags.key)).toString('utf8'), process.env['ASSAY_KEY_PASSPHRASE']));
  const path = flags.bundle ?? `${bom}.sigstore.json`;
  await writeFile(path, bundle).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`cannot write ${path}: ${error.code}`);
  });
  process.stderr.write(`attested ${basename(bom)}: ${basename(path)}\n`);
  return EXIT.ok;
}
