import { ECOSYSTEMS, libraryKey, type LibrariesAsset } from './libraries/shapes.ts';
import { compileLibraries, LIBRARY_FOLDER } from './libraries/compile.ts';
import { indexLibraries, type Libraries } from './libraries/index.ts';
import { defineSection } from './section.ts';

export type { Libraries, LibraryEntry } from './libraries/index.ts';
export { ECOSYSTEMS, libraryKey };

/** Which packages are AI, what for, and what code imports them as: `rules/catalog/libraries`. */
export const librariesSection = defineSection<LibrariesAsset, Libraries>({
  id: 'libraries',
  sources: [LIBRARY_FOLDER],
  compile: compileLibraries,
  index: indexLibraries,
});
