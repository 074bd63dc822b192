import { compileKnowledge } from '../../src/knowledge/compile.ts';

/** Tests run from source: the knowledge assets are made as the build makes them. */
export default function setup(): void {
  compileKnowledge('rules', 'dist/knowledge');
}
