import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '../core/errors.ts';
import { attestWithKey, bomStatement, type Subject } from '../integrity/attest.ts';
import { IN_TOTO } from '../integrity/oms/bundle.ts';
import { parsePrivateKey } from '../integrity/oms/sign.ts';
import type { AttestFlags } from './flags.ts';
import { EXIT } from './exit.ts';
import { readGiven } from './read.ts';

const SUBJECT = /^(.+)=sha256:([0-9a-f]{64})$/;

function parseSubject(text: string): Subject {
  const match = SUBJECT.exec(text);
  if (!match?.[1] || !match[2]) throw new UserError(`--subject ${text}: write it as name=sha256:<64 hexadecimal digits>`);
  return { name: match[1], digest: { sha256: match[2] } };
}

/** Signed by the identity of the CI job (or a token that is given), through Fulcio and Rekor. The only command beside `--online` that needs the network. */
async function attestKeyless(statement: Buffer, flags: AttestFlags): Promise<string> {
  const { attest } = await import('sigstore');
  const token = process.env['SIGSTORE_ID_TOKEN'];
  try {
    const bundle = await attest(statement, IN_TOTO, {
      ...(token === undefined ? {} : { identityToken: token }),
      ...(flags.fulcioUrl === undefined ? {} : { fulcioURL: flags.fulcioUrl }),
      ...(flags.rekorUrl === undefined ? {} : { rekorURL: flags.rekorUrl }),
      ...(flags.timestampUrl === undefined ? {} : { tsaServerURL: flags.timestampUrl }),
    });
    return JSON.stringify(bundle);
  } catch (error) {
    throw new UserError(`keyless signing failed: ${error instanceof Error ? error.message : String(error)}\nIn GitHub Actions the job needs "permissions: id-token: write"; elsewhere set SIGSTORE_ID_TOKEN, or sign with --key FILE.`);
  }
}

/** `assay attest`: a signed statement that this BOM is what the signer says of the subjects. */
export async function runAttest(bom: string, flags: AttestFlags): Promise<number> {
  const statement = bomStatement(basename(bom), await readGiven(bom), (flags.subject ?? []).map(parseSubject));
  const bundle = flags.key === undefined ? await attestKeyless(statement, flags) : attestWithKey(statement, parsePrivateKey((await readGiven(flags.key)).toString('utf8'), process.env['ASSAY_KEY_PASSPHRASE']));
  const path = flags.bundle ?? `${bom}.sigstore.json`;
  await writeFile(path, bundle).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`cannot write ${path}: ${error.code}`);
  });
  process.stderr.write(`attested ${basename(bom)}: ${basename(path)}\n`);
  return EXIT.ok;
}
