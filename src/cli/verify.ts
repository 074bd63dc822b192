import { realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { UserError } from '../core/errors.ts';
import type { IntegrityResult } from '../core/report.ts';
import { parseIdentity } from '../integrity/oms/identity.ts';
import { omsIntegrity } from '../integrity/oms/report.ts';
import { verifyOms, type TrustPolicy } from '../integrity/oms/verify.ts';
import { bundleKind } from '../integrity/scan-models.ts';
import { blobIntegrity, verifyBlob } from '../integrity/sigstore/blob.ts';
import { embeddedTrustedRoot, parseTrustedRoot, refreshedTrustedRoot, rootAge } from '../integrity/trusted-root.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { renderVerification } from '../reporters/verify/table.ts';
import { fileReader } from '../source/directory.ts';
import { modelTree } from '../workers/disk-model.ts';
import { verificationReport } from '../verification.ts';
import type { VerifyFlags } from './flags.ts';
import { EXIT } from './exit.ts';
import { parseOutput, printReport, reportTime, terminalOptions, writeFiles } from './output.ts';
import { readGiven } from './read.ts';

interface Trust {
  readonly policy: TrustPolicy;
  readonly root: TrustedRoot;
  /** The root is the one that ships with the package. */
  readonly embedded: boolean;
}

const readText = async (path: string): Promise<string> => (await readGiven(path)).toString('utf8');

async function trustOf(flags: VerifyFlags, now: Date): Promise<Trust> {
  const keyless = [
    flags.certificateIdentity,
    flags.certificateIdentityRegexp,
    flags.certificateOidcIssuer,
    flags.certificateOidcIssuerRegexp,
  ].some((flag) => flag !== undefined);
  const methods = [flags.key !== undefined, flags.certificateChain !== undefined, keyless].filter(Boolean).length;
  if (methods !== 1)
    throw new UserError(
      'say whom you trust: --key FILE, or --certificate-chain FILE, or --certificate-identity NAME with --certificate-oidc-issuer URL',
    );
  const refresh = flags.trustedRoot === undefined && flags.online === true && flags.offline !== true;
  const root =
    flags.trustedRoot !== undefined
      ? parseTrustedRoot(await readText(flags.trustedRoot), flags.trustedRoot)
      : refresh
        ? await refreshedTrustedRoot()
        : embeddedTrustedRoot();
  const embedded = flags.trustedRoot === undefined && !refresh;
  if (flags.key !== undefined) return { policy: { method: 'key', publicKey: await readText(flags.key) }, root, embedded };
  if (flags.certificateChain !== undefined) {
    const at = flags.at === undefined ? now : new Date(flags.at);
    if (Number.isNaN(at.getTime())) throw new UserError(`--at ${flags.at}: not a date`);
    return { policy: { method: 'certificate', chain: await Promise.all(flags.certificateChain.map(readText)), at }, root, embedded };
  }
  return { policy: { method: 'keyless', trustedRoot: root, identity: parseIdentity(flags) }, root, embedded };
}

/** Where a signature lies when nobody says: inside a model, beside a file. */
async function findBundle(root: string, directory: boolean): Promise<string> {
  const names = directory ? [join(root, 'model.sig')] : ['.sigstore.json', '.sigstore', '.sig'].map((ending) => root + ending);
  for (const name of names) if ((await stat(name).catch(() => undefined))?.isFile() === true) return name;
  throw new UserError(
    `no signature of ${basename(root)} (looked for ${names.map((name) => basename(name)).join(', ')}); name it with --bundle`,
  );
}

async function checkFile(root: string, bundleFile: string, bytes: Buffer, { policy, root: trustedRoot }: Trust): Promise<IntegrityResult> {
  const reader = await fileReader(root);
  try {
    return blobIntegrity(await verifyBlob(basename(root), reader, bytes, { policy, trustedRoot }), basename(root), basename(bundleFile));
  } finally {
    await reader.close?.();
  }
}

async function checkModel(
  root: string,
  bundleFile: string,
  bytes: Buffer,
  trust: Trust,
  flags: VerifyFlags,
  now: Date,
): Promise<IntegrityResult> {
  const tree = await modelTree(root);
  try {
    const inside = relative(root, await realpath(bundleFile))
      .split(sep)
      .join('/');
    const bundlePath = inside === '' || inside.startsWith('..') ? undefined : inside;
    const result = await verifyOms(tree, bytes, {
      policy: trust.policy,
      ignorePaths: (flags.ignorePath ?? []).map((path) => relative(root, join(root, path)).split(sep).join('/')),
      ignoreUnsigned: flags.ignoreUnsigned === true,
      allowLegacy: flags.allowLegacy === true,
      bundlePath,
      concurrency: tree.concurrency,
      now,
    });
    return omsIntegrity(result, basename(root), bundlePath ?? basename(bundleFile));
  } finally {
    await tree.close();
  }
}

/** `assay verify`: 0 only when the signature holds, its signer is the expected one, and every file is as signed. */
export async function runVerify(model: string, flags: VerifyFlags): Promise<number> {
  for (const spec of flags.output ?? []) parseOutput(spec);
  const now = reportTime();
  const root = await realpath(model).catch(() => {
    throw new UserError(`no such model: ${model}`);
  });
  const directory = (await stat(root)).isDirectory();
  const trust = await trustOf(flags, now);
  const bundleFile = flags.bundle ?? (await findBundle(root, directory));
  const bytes = await readGiven(bundleFile);
  const ofFile = !directory && bundleKind(bytes)?.about === 'file';
  const checked = ofFile ? await checkFile(root, bundleFile, bytes, trust) : await checkModel(root, bundleFile, bytes, trust, flags, now);
  const result =
    trust.embedded && checked.signer?.['method'] === 'keyless' ? { ...checked, problems: [...checked.problems, ...rootAge(now)] } : checked;
  const report = verificationReport(basename(root), directory, result, loadKnowledge(), now);
  const table = flags.format === 'table' ? renderVerification(report, terminalOptions(flags)) : undefined;
  await writeFiles(report, flags, {}, (format) => (format === 'table' ? renderVerification(report, {}) : undefined));
  await printReport(report, flags, {}, table);
  return result.status === 'verified' ? EXIT.ok : EXIT.findings;
}
