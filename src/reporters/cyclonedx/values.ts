import { Enums, Models, SPDX } from '@cyclonedx/cyclonedx-library';
import parseExpression from 'spdx-expression-parse';
import type { LicenceRef } from '../../core/component.ts';
import type { Confidence } from '../../core/severity.ts';
import { iri } from '../text/uri.ts';

/** CycloneDX wants a number in 0…1; ours are words. */
export const CONFIDENCE: Readonly<Record<Confidence, number>> = { high: 0.9, medium: 0.6, low: 0.3 };

type Value = string | number | boolean | readonly string[] | undefined;

/** Properties `assay:<name>` in the given order; lists become one property each, empty values none. */
export function properties(values: Readonly<Record<string, Value>>): Models.PropertyRepository {
  const all = new Models.PropertyRepository();
  for (const [name, value] of Object.entries(values)) {
    for (const item of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      if (item !== undefined && item !== '') all.add(new Models.Property(`assay:${name}`, String(item)));
    }
  }
  return all;
}

function isExpression(id: string): boolean {
  try {
    parseExpression(id);
    return true;
  } catch {
    return false;
  }
}

/** SPDX id, expression, or a name as the source gives it: `llama3` and `openrail` are no SPDX ids. */
export function licence(ref: LicenceRef | undefined): Models.LicenseRepository {
  if (ref === undefined || ref.id.trim() === '') return new Models.LicenseRepository();
  const acknowledgement = Enums.LicenseAcknowledgement.Declared;
  const options = { acknowledgement, ...(ref.url === undefined ? {} : { url: iri(ref.url) }) };
  const spdx = SPDX.fixupSpdxId(ref.id);
  // The library looks ids up in a plain object: `constructor` and `__proto__` find something that is no id.
  if (SPDX.isSupportedSpdxId(spdx)) return new Models.LicenseRepository([new Models.SpdxLicense(spdx, options)]);
  if (/\s/.test(ref.id) && isExpression(ref.id)) {
    const expression = new Models.LicenseExpression(ref.id);
    expression.acknowledgement = acknowledgement;
    return new Models.LicenseRepository([expression]);
  }
  return new Models.LicenseRepository([new Models.NamedLicense(ref.id, options)]);
}
