import { realpath } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { UserError } from '../core/errors.ts';
import { REPORT_SCHEMA_VERSION, type IntegrityResult, type Report } from '../core/report.ts';
import { hashReader } from '../integrity/hash.ts';
import { parseIdentity } from '../integrity/oms/identity.ts';
import { omsIntegrity } from '../integrity/oms/report.ts';
import { verifyOms, type TrustPolicy } from '../integrity/oms/verify.ts';
import { embeddedTrustedRoot, parseTrustedRoot, refreshedTrustedRoot } from '../integrity/trusted-root.ts';
import { modelTree } from '../source/model-tree.ts';
import { version } from '../version.ts';
import type { VerifyFlags } from './flags.ts';
import { EXIT } from './exit.ts';
import { reportTime, writeOutputs } from './output.ts';
import { readGiven } from './read.ts';

async function policyOf(flags: VerifyFlags, now: Date): Promise<TrustPolicy> {
  const keyless = [flags.certificateIdentity, flags.certificateIdentityRegexp, flags.certificateOidcIssuer, flags.certificateOidcIssuerRegexp].some((flag) => flag !== undefined);
  const methods = [flags.key !== undefined, flags.certificateChain !== undefined, keyless].filter(Boolean).length;
  if (methods !== 1) throw new UserError('say whom you trust: --key FILE, or --certificate-chain FILE, or --certificate-identity NAME with --certificate-oidc-issuer URL');
  if (flags.key !== undefined) return { method: 'key', publicKey: (await readGiven(flags.key)).toString('utf8') };
  if (flags.certificateChain !== undefined) {
    const at = flags.at === undefined ? now : new Date(flags.at);
    if (Number.isNaN(at.getTime())) throw new UserError(`--at ${flags.at}: not a date`);
    return { method: 'certificate', chain: await Promise.all(flags.certificateChain.map(async (path) => (await readGiven(path)).toString('utf8'))), at };
  }
  const identity = parseIdentity(flags);
  const trustedRoot = flags.trustedRoot !== undefined ? parseTrustedRoot((await readGiven(flags.trustedRoot)).toString('utf8'), flags.trustedRoot) : flags.online === true && flags.offline !== true ? await refreshedTrustedRoot() : embeddedTrustedRoot();
  return { method: 'keyless', trustedRoot, identity };
}

/** `assay verify`: 0 only when the signature holds, its signer is the expected one, and every file is as signed. */
export async function runVerify(model: string, flags: VerifyFlags): Promise<number> {
  const now = reportTime();
  const root = await realpath(model).catch(() => {
    throw new UserError(`no such model: ${model}`);
  });
  const policy = await policyOf(flags, now);
  const tree = await modelTree(root);
  const bundleFile = flags.bundle ?? join(root, 'model.sig');
  const bytes = await readGiven(bundleFile);
  const inside = relative(root, await realpath(bundleFile)).split(sep).join('/');
  const ignorePaths = (flags.ignorePath ?? []).map((path) => relative(root, join(root, path)).split(sep).join('/'));
  const result = await verifyOms(tree, bytes, {
    policy,
    ignorePaths,
    ignoreUnsigned: flags.ignoreUnsigned === true,
    allowLegacy: flags.allowLegacy === true,
    bundlePath: inside.startsWith('..') ? undefined : inside,
    hash: hashReader,
    concurrency: 4,
    now,
  });
  const integrity = omsIntegrity(result, basename(root), inside.startsWith('..') ? basename(bundleFile) : inside);
  await writeOutputs(reportOf(basename(root), integrity, now), flags, {});
  return result.verified ? EXIT.ok : EXIT.findings;
}

const reportOf = (name: string, integrity: IntegrityResult, now: Date): Report => ({
  schemaVersion: REPORT_SCHEMA_VERSION,
  tool: { name: 'assay', version, rules: version },
  target: { name, type: 'directory' },
  timestamp: now.toISOString(),
  components: [],
  relations: [],
  artifacts: [],
  findings: [],
  integrity: [integrity],
  coverage: { filesSeen: 0, bytesSeen: 0, crawlers: [], skipped: [] },
});
