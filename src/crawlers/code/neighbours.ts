/** A folder with more folders in it is a collection of programs: examples, contributions, chapters. */
const MAX_PARTS = 15;
const HIDDEN = /(?:^|\/)\./;

/** Tells what belongs to one program in a tree of many. */
export class Neighbours {
  /** Folders in a folder. */
  readonly #parts = new Map<string, number>();

  constructor(folders: Iterable<string>) {
    for (const folder of folders) {
      if (HIDDEN.test(folder)) continue;
      const parent = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
      this.#parts.set(parent, (this.#parts.get(parent) ?? 0) + 1);
    }
  }

  /** Whether no collection lies between two files. */
  together(a: string, b: string): boolean {
    const left = a.split('/').slice(0, -1);
    const right = b.split('/').slice(0, -1);
    let shared = 0;
    while (shared < left.length && left[shared] === right[shared]) shared += 1;
    return !this.#passesCollection(left, shared) && !this.#passesCollection(right, shared);
  }

  #passesCollection(folders: readonly string[], from: number): boolean {
    return folders.slice(from).some((_, index) => (this.#parts.get(folders.slice(0, from + index).join('/')) ?? 0) > MAX_PARTS);
  }
}
