/** Severity words are CycloneDX's (`vulnerabilities[].ratings[].severity`), worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How sure we are that the fact is there, apart from how bad it is. Surest first. */
export const CONFIDENCES = ['high', 'medium', 'low'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** 4 for critical … 0 for info. */
export const severityRank = (severity: Severity): number => SEVERITIES.length - 1 - SEVERITIES.indexOf(severity);

/** 2 for high … 0 for low. */
export const confidenceRank = (confidence: Confidence): number => CONFIDENCES.length - 1 - CONFIDENCES.indexOf(confidence);

export const atLeast = (severity: Severity, floor: Severity): boolean => severityRank(severity) >= severityRank(floor);
