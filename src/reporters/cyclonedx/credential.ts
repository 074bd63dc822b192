import { Enums } from '@cyclonedx/cyclonedx-library';
import type { Finding } from '../../core/finding.ts';
import { place } from '../text/words.ts';
import { AiComponent } from './extensions.ts';
import { CONFIDENCE, properties } from './values.ts';

const NONE: ReadonlySet<Finding['status']> = new Set(['not-affected', 'fixed', 'disabled']);
export const isCredential = ({ ruleId, status }: Finding): boolean => ruleId === 'hard-coded-credential' && !NONE.has(status);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/**
 * A credential of an AI service that stands in a file is a cryptographic asset of the product. Where it stands
 * and whose it is, never more of its value than the finding shows.
 */
export function toCredential(finding: Finding): AiComponent {
  const { location, args, confidence } = finding;
  const name = place(location);
  const made = new AiComponent(Enums.ComponentType.CryptographicAsset, name, { bomRef: `secret:${name}` });
  made.properties = properties({ kind: 'secret', provider: text(args['detector']), redacted: text(args['redacted']) });
  made.extras = {
    cryptoProperties: { assetType: 'related-crypto-material', relatedCryptoMaterialProperties: { type: 'credential' } },
    evidence: {
      identity: [
        {
          field: 'name',
          confidence: CONFIDENCE[confidence],
          concludedValue: name,
          methods: [{ technique: 'source-code-analysis', confidence: CONFIDENCE[confidence], value: 'secrets' }],
        },
      ],
      occurrences: [
        { location: location.path, ...(location.line === undefined ? {} : { line: location.line }), additionalContext: 'secrets' },
      ],
    },
  };
  return made;
}
