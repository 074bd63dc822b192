import type { Component } from '../../core/component.ts';
import type { Location, Occurrence } from '../../core/evidence.ts';
import type { Mention } from '../../core/mention.ts';
import type { FactValue, Facts, Observation } from '../../core/observation.ts';
import type { Relation } from '../../core/relation.ts';
import type { Confidence } from '../../core/severity.ts';
import type { DetectIndex } from '../../knowledge/detect.ts';
import type { Knowledge } from '../../knowledge/knowledge.ts';
import type { ProvidersIndex } from '../../knowledge/providers.ts';
import type { Value } from '../../resolve/value.ts';
import { isTestPath } from '../../resolve/places.ts';
import { valuesOf, type Resolver } from '../../resolve/values.ts';
import type { Unit } from '../../resolve/unit.ts';
import type { Project } from '../crawler.ts';
import type { CallSite, Given } from './arguments.ts';
import type { ModelTables } from './model-tables.ts';
import type { Neighbours } from './neighbours.ts';

export const CRAWLER = 'code';

/** What a library loads where no model is named. */
export interface LibraryDefault {
  readonly model: string;
  /** Abbreviated commits too: the library fixes them, not the scanned code. */
  readonly revision?: string;
}

/** What the detections of one run share: look-ups, and the growing result. */
export interface Context {
  readonly project: Project;
  readonly knowledge: Knowledge;
  readonly index: DetectIndex;
  readonly providers: ProvidersIndex;
  readonly resolver: Resolver;
  /** Model of a transformers pipeline task without a model, and the revision that the library asks for. */
  readonly pipelineDefault: (task: string) => LibraryDefault | undefined;
  /** Paths of the tree by file name. */
  readonly byName: ReadonlyMap<string, readonly string[]>;
  /** Paths of the tree by their lower case, where that is one file's alone. */
  readonly byFoldedPath: ReadonlyMap<string, string>;
  /** Folders of the tree. */
  readonly folders: ReadonlySet<string>;
  /** What of the tree belongs to one program. */
  readonly neighbours: Neighbours;
  readonly tables: ModelTables;
  /** Whether the code around a file trains or evaluates models. */
  readonly trains: (unit: Unit) => boolean;
  readonly isPromptPath: (path: string) => boolean;
  /** Files that give a library which asks whom an id's prefix names an id that is chosen while they run. */
  readonly routers: Set<Unit>;
  readonly components: Component[];
  readonly observations: Observation[];
  readonly relations: Relation[];
  /** Files that programs, commands and settings name, by their path in the tree where it is known. */
  readonly mentions: Mention[];
}

/** In a notebook the column is one of the cell's text, not of the file. */
export const placeIn = (unit: Unit, line: number, column: number): Location =>
  unit.facts.notebook ? { path: unit.path, line } : { path: unit.path, line, column };
export const placeOf = (site: CallSite): Location => placeIn(site.unit, site.call.line, site.call.column);

/** What an argument may be, possible values last. */
export const allValues = (context: Context, given: Given | undefined): readonly Value[] =>
  given ? valuesOf(context.resolver, given.expr, given.unit, given.scope) : [];

/** What certainly gets to an argument. */
export const values = (context: Context, given: Given | undefined): readonly Value[] =>
  allValues(context, given).filter((value) => !value.possible);

export function occurrence(location: Location, symbol: string | undefined, confidence: Confidence): Occurrence {
  return { location, technique: 'source-code-analysis', crawler: CRAWLER, confidence, ...(symbol ? { symbol } : {}) };
}

/** Evidence of a value that is used by a call: the literal, and the call where they differ. Of a value that may never get there, the literal alone. */
export function evidence(
  value: { readonly location: Location; readonly possible?: true; readonly key?: string } | undefined,
  call: Location,
  symbol: string | undefined,
  confidence: Confidence,
): readonly Occurrence[] {
  if (value?.possible) return [occurrence(value.location, value.key, confidence === 'high' ? 'medium' : 'low')];
  const used = occurrence(call, symbol, confidence);
  return value && (value.location.path !== call.path || value.location.line !== call.line)
    ? [occurrence(value.location, symbol, confidence), { ...used, reached: true }]
    : [used];
}

export function observe(
  context: Context,
  type: string,
  location: Location,
  facts: Record<string, FactValue | undefined>,
  component?: string,
  confidence: Confidence = 'high',
): void {
  const known: Record<string, FactValue> = {};
  for (const [key, value] of Object.entries(facts)) if (value !== undefined) known[key] = value;
  context.observations.push({
    type,
    location,
    crawler: CRAWLER,
    confidence,
    facts: known satisfies Facts,
    ...(component ? { component } : {}),
  });
}

/** Readable callee: the last three names of a path. */
export const symbolOf = (path: string): string =>
  path
    .replaceAll('()', '')
    .replace(/#default(?=$|\.)/, '')
    .split('#')
    .at(-1)
    ?.split('.')
    .slice(-3)
    .join('.') ?? path;

/** Tests are evidence of tests. */
export const isTest = (unit: Unit): boolean => isTestPath(unit.path);
