import type { Node } from 'web-tree-sitter';
import type { Expr, ScopeFact } from './facts.ts';
import type { Assignment } from './frontend.ts';

/** A function or class while its body is read. */
export interface OpenScope {
  readonly fact: ScopeFact;
  readonly node?: Node;
  readonly end: number;
  readonly returns: Expr[];
}

/** An assignment that nobody has asked for yet. */
export interface PendingAssignment {
  readonly scope: number;
  readonly assignment: Assignment;
  readonly line: number;
  readonly global?: true;
}
