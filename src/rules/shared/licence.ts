export interface LicenceRestriction {
  readonly licence: string;
  readonly clause: string;
  readonly nonCommercial: boolean;
}

interface Entry {
  readonly pattern: RegExp;
  readonly name?: string;
  readonly clause: string;
  readonly nonCommercial?: boolean;
}

/**
 * Licence ids that restrict use, as cards and headers write them: SPDX ids and the Hub's
 * `license:` vocabulary (https://huggingface.co/docs/hub/repositories-licenses).
 */
const RESTRICTED: readonly Entry[] = [
  { pattern: /^cc-by-nc(?:-|$)/, clause: 'no commercial use', nonCommercial: true },
  { pattern: /^cc-by(?:-nc)?-nd(?:-|$)/, clause: 'no changed versions, which fine-tuned weights are' },
  { pattern: /^(?:c-uda|research-only|apple-amlr|apple-ascl|intel-research|fair-noncommercial-research-license|h-research)$/, clause: 'research use only', nonCommercial: true },
  { pattern: /^(?:bigscience-)?(?:openrail|bloom-rail)|^bigcode-openrail-m$|openrail(?:\+\+)?(?:-m)?$/, name: 'OpenRAIL', clause: 'use-based restrictions that must be passed on to users' },
  { pattern: /^llama-?2$/, name: 'Llama 2 Community License', clause: 'acceptable use policy; separate licence above 700 million monthly users; not to improve other models' },
  { pattern: /^llama-?(?:3(?:\.\d)?|4)$/, name: 'Llama Community License', clause: 'acceptable use policy; "Built with Llama" notice; separate licence above 700 million monthly users' },
  { pattern: /^gemma$/, name: 'Gemma Terms of Use', clause: 'prohibited-use policy that must be passed on to users' },
  { pattern: /^deepfloyd-if-license$/, clause: 'no commercial use', nonCommercial: true },
  { pattern: /^(?:agpl-3\.0(?:-only|-or-later)?)$/, clause: 'source of a network service that uses it must be offered' },
];

/** Restriction of a licence id, or `undefined` where it is free, or not known. */
export function restrictionOf(id: string): LicenceRestriction | undefined {
  const key = id.trim().toLowerCase().replaceAll(/[\s_]+/g, '-');
  const entry = RESTRICTED.find(({ pattern }) => pattern.test(key));
  return entry && { licence: entry.name ?? id, clause: entry.clause, nonCommercial: entry.nonCommercial ?? false };
}
