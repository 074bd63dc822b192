import parseExpression from 'spdx-expression-parse';
import type { LicenceRef } from '../../core/component.ts';
import type { Graph } from './graph.ts';

/** Individuals of the model: what nobody has said, and what we have not concluded. */
const NO_ASSERTION = 'expandedlicensing_NoAssertionLicense';

function isExpression(text: string): boolean {
  try {
    parseExpression(text);
    return true;
  } catch {
    return false;
  }
}

/** `LicenseRef-` and what the grammar of an id allows: names of model licences (`llama3`, `openrail`) have no SPDX id. */
const expressionOf = (id: string): string =>
  isExpression(id) ? id : `LicenseRef-${id.replaceAll(/[^A-Za-z0-9.-]+/g, '-').slice(0, 100) || 'unknown'}`;

/** The two relationships that the AI and the Dataset profile ask of each package. */
export function relateLicences(graph: Graph, from: string, licence: LicenceRef | undefined): void {
  if (licence === undefined || licence.id.trim() === '') graph.relate(from, 'hasDeclaredLicense', [NO_ASSERTION]);
  else {
    const expression = expressionOf(licence.id);
    const id = graph.add('simplelicensing_LicenseExpression', graph.iri('licence', expression), {
      simplelicensing_licenseExpression: expression,
    });
    graph.relate(from, 'hasDeclaredLicense', [id]);
  }
  graph.relate(from, 'hasConcludedLicense', [NO_ASSERTION]);
}
