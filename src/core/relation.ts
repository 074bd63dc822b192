import type { ComponentRef } from './component.ts';
import type { Location } from './evidence.ts';

/**
 * Directed edges of the AI graph. `uses`: application or library → service, service → model,
 * agent → model/tool/MCP server, retriever → embedding → store. The others name a special use.
 */
export type RelationType =
  | 'uses'
  | 'provides' // service → model
  | 'loads' // library → model or artifact
  | 'base-model' // model → model it was trained from
  | 'adapter-of'
  | 'trained-on' // model → dataset
  | 'stored-in' // model → artifact
  | 'embeds-with' // vector store → embedding model
  | 'prompts-with' // agent or model → prompt
  | 'runs' // infra → model or service
  | 'reads'; // application → dataset

/** The application that was scanned is the root of the graph. */
export const APPLICATION: ComponentRef = 'application:root';

export interface Relation {
  readonly from: ComponentRef;
  readonly to: ComponentRef;
  readonly type: RelationType;
  /** Where the edge was seen. */
  readonly location?: Location;
}
