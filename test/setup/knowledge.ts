import { compileKnowledge } from '../../src/knowledge/compile.ts';

/** Tests run from source: the knowledge assets are made as the build makes them. A section that does not compile fails the tests that use it. */
export default function setup(): void {
  try {
    compileKnowledge('rules', 'dist/knowledge');
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
}
