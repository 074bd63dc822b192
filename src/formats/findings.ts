import { LimitError, ParseError } from '../core/errors.ts';
import type { Facts } from '../core/observation.ts';
import type { ArtifactFinding } from './format.ts';

/** Why a file, or a part of it, was not understood. */
export type IncompleteReason =
  | 'malformed'
  | 'truncated'
  | 'encrypted'
  | 'opaque'
  | 'unsupported'
  | 'limit'
  | 'unrecognised'
  | 'empty'
  | 'unreadable'
  | 'crash';

/** The content was not read to its end: never clean. `detail` says what stopped the reader. */
export function incomplete(reason: IncompleteReason, detail: string, more: Facts = {}, offset?: number): ArtifactFinding {
  return {
    ruleId: 'incomplete-artifact',
    severity: 'medium',
    confidence: 'high',
    verdict: 'incomplete',
    args: { reason, detail, ...more },
    ...(offset === undefined ? {} : { offset }),
  };
}

/** What an exception means for the artifact. Anything but the typed errors is a bug of ours, and still no reason to say `clean`. */
export function fromError(error: unknown, format: string): ArtifactFinding {
  if (error instanceof ParseError) return incomplete('malformed', error.message, { format }, error.offset);
  if (error instanceof LimitError) return incomplete('limit', error.message, { format, limit: error.limit });
  return incomplete('crash', error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error', { format });
}

/** The container was altered so that readers disagree about it, or hides bytes from some of them. */
export function tampered(anomaly: string, args: Facts, offset?: number): ArtifactFinding {
  return {
    ruleId: 'archive-tampered',
    severity: 'high',
    confidence: 'medium',
    verdict: 'suspicious',
    args: { anomaly, ...args },
    ...(offset === undefined ? {} : { offset }),
  };
}
