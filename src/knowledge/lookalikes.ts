import { defineSection, type RuleFile } from './section.ts';

/** A package whose name is one edit away from a much used AI package. */
export interface Lookalike {
  readonly type: string;
  readonly name: string;
  /** The package that it may be taken for. */
  readonly neighbour: string;
  /** How little it is used, as its registry says. */
  readonly use: string;
  readonly difference: string;
}

export interface Lookalikes {
  of(type: string, name: string): Lookalike | undefined;
}

const COLUMNS = 'type\tname\tneighbour\tuse\tdifference';

function compile([file]: readonly RuleFile[]): readonly Lookalike[] {
  if (!file) throw new Error('rules/catalog/lookalikes.tsv is missing');
  const [header, ...rows] = file.text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (header !== COLUMNS) throw new Error(`${file.path}: columns are not ${COLUMNS}`);
  return rows.map((row) => {
    const [type, name, neighbour, use, difference, ...more] = row.split('\t');
    if (!type || !name || !neighbour || !difference || more.length > 0) throw new Error(`${file.path}: ${row}`);
    return { type, name, neighbour, use: use ?? '', difference };
  });
}

export const lookalikeSection = defineSection<readonly Lookalike[], Lookalikes>({
  id: 'lookalikes',
  sources: ['catalog/lookalikes.tsv'],
  compile,
  index(rows) {
    const byName = new Map(rows.map((row) => [`${row.type}/${row.name.toLowerCase()}`, row]));
    return { of: (type, name) => byName.get(`${type}/${name.toLowerCase()}`) };
  },
});
