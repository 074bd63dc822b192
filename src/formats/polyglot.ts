import type { ArtifactFinding, Format } from './format.ts';

interface Candidate {
  readonly format: Format;
  readonly match: 'yes' | 'maybe' | 'no';
}

/** Formats that read the same bytes more closely than another: where the first matches, the second says nothing new. */
const SUBSUMES: Readonly<Record<string, readonly string[]>> = {
  'torch-legacy': ['pickle'],
  'joblib-zfile': ['pickle'],
  'python-source': ['native'],
};

export function withoutSubsumed(candidates: readonly Candidate[]): Candidate[] {
  const gone = new Set(candidates.filter(({ match }) => match === 'yes').flatMap(({ format }) => SUBSUMES[format.id] ?? []));
  return candidates.filter(({ format, match }) => match !== 'no' && !gone.has(format.id));
}

/** TensorFlow Lite's metadata writer appends labels and vocabularies as a zip; its members are inspected all the same. */
const APPENDICES: Readonly<Record<string, readonly string[]>> = { tflite: ['zip'] };

/** Whether a second format belongs to the first by its specification. */
export const isAppendix = (primary: string, other: string): boolean => APPENDICES[primary]?.includes(other) ?? false;

/**
 * Two formats that are sure of the same bytes: which one runs depends on who opens the file. A
 * finding of its own, whatever the parts are.
 */
export function polyglot(ids: readonly string[], primary: string): ArtifactFinding[] {
  const others = [...new Set(ids)].filter((id) => id !== primary && !isAppendix(primary, id));
  if (others.length === 0) return [];
  return [
    {
      ruleId: 'polyglot-artifact',
      severity: 'high',
      confidence: 'high',
      verdict: 'suspicious',
      args: { format: primary, other: others.join(', ') },
    },
  ];
}
