import { createHash } from 'node:crypto';
import { Serialize, Spec, Validation } from '@cyclonedx/cyclonedx-library';
import type { Report } from '../../core/report.ts';
import type { RenderOptions } from '../reporter.ts';
import { aboveFloors } from '../select.ts';
import { escapeJson } from '../text/json.ts';
import { noTexts } from '../text/rule-text.ts';
import { buildBom } from './bom.ts';
import { AiFactory } from './extensions.ts';

const SPECS = {
  '1.6': { spec: Spec.Spec1dot6, version: Spec.Version.v1dot6 },
  '1.7': { spec: Spec.Spec1dot7, version: Spec.Version.v1dot7 },
} as const;

/** RFC 9562 UUID of version 8 (custom): the same content, the same serial number. */
function serialNumber(content: string): string {
  const hash = createHash('sha256').update(content).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/**
 * Lists are not sorted by the library (it asks the locale of the process): the report is sorted by code
 * units, and insertion order is kept.
 */
export async function render(report: Report, options: RenderOptions): Promise<string> {
  const { spec, version } = SPECS[options.specVersion ?? '1.6'];
  const bom = buildBom(aboveFloors(report, options), options.texts ?? noTexts);
  const serializer = new Serialize.JsonSerializer(new AiFactory(spec));
  bom.serialNumber = serialNumber(serializer.serialize(bom));
  const json = escapeJson(serializer.serialize(bom, { space: 2 }));
  if (options.validate === true) {
    const error = await new Validation.JsonStrictValidator(version).validate(json);
    if (error !== null) throw new Error(`the BOM breaks the CycloneDX ${version} schema: ${JSON.stringify(error)}`);
  }
  return `${json}\n`;
}
