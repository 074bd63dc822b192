import type { Inventory } from '../core/inventory.ts';
import type { CrawlerCoverage } from '../core/report.ts';
import type { Advisory } from '../knowledge/osv.ts';
import { RegistryError } from './registry-error.ts';
import type { PackageVersion } from './osv.ts';

/** Asked for the exact versions of an inventory. Throws `RegistryError` where a service does not answer. */
export type AdvisoryLookup = (
  packages: readonly PackageVersion[],
) => Promise<{ readonly asOf: string; readonly advisories: readonly Advisory[] }>;

export interface FoundAdvisories {
  readonly found: readonly Advisory[];
  readonly asOf?: string;
  /** One entry where something was asked: a service that did not answer is no clean answer. */
  readonly coverage: readonly CrawlerCoverage[];
}

const packagesOf = (inventory: Inventory): PackageVersion[] =>
  inventory.components.flatMap((component) =>
    component.kind === 'library' && component.version !== undefined
      ? [{ ecosystem: component.ecosystem, name: component.name, version: component.version }]
      : [],
  );

/** Looks up the libraries of an inventory; nothing without a way to. */
export async function lookUp(inventory: Inventory, ask: AdvisoryLookup | undefined): Promise<FoundAdvisories> {
  if (!ask) return { found: [], coverage: [] };
  const packages = packagesOf(inventory);
  try {
    const { asOf, advisories } = await ask(packages);
    return { found: advisories, asOf, coverage: [{ id: 'advisories', status: 'ok', files: packages.length }] };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { found: [], coverage: [{ id: 'advisories', status: 'failed', files: 0, reason: error.message }] };
  }
}
