/**
 * Severity order of a metric's values, highest first
 * (https://www.first.org/cvss/v4-0/specification-document, 8.2). Position 0 of the subsequent
 * system is Safety, which only the modified integrity and availability may say.
 */
const ORDER: Readonly<Record<string, string>> = {
  AV: 'NALP',
  PR: 'NLH',
  UI: 'NPA',
  AC: 'LH',
  AT: 'NP',
  VC: 'HLN',
  VI: 'HLN',
  VA: 'HLN',
  SC: '-HLN',
  SI: 'SHLN',
  SA: 'SHLN',
  E: 'APU',
  CR: 'HML',
  IR: 'HML',
  AR: 'HML',
};
const OPTIONAL = new Set(['E', 'CR', 'IR', 'AR']);

/**
 * Scores of the 270 MacroVectors in tenths (https://www.first.org/cvss/v4-0/, cvss_lookup). A row is
 * EQ1 EQ2 EQ3 EQ6, its columns EQ4 and EQ5: 00 01 02 10 11 12 20 21 22.
 */
const SCORES: Readonly<Record<string, readonly number[]>> = {
  '0000': [100, 98, 95, 100, 93, 91, 93, 89, 81],
  '0001': [99, 95, 92, 96, 87, 81, 90, 80, 68],
  '0010': [98, 95, 90, 93, 89, 81, 88, 78, 69],
  '0011': [95, 92, 84, 92, 81, 65, 80, 70, 48],
  '0021': [92, 82, 72, 79, 69, 50, 69, 55, 27],
  '0100': [99, 95, 92, 95, 90, 84, 92, 82, 72],
  '0101': [97, 92, 85, 91, 83, 71, 81, 71, 53],
  '0110': [95, 92, 85, 92, 80, 70, 84, 71, 50],
  '0111': [93, 85, 73, 82, 72, 59, 70, 52, 30],
  '0121': [86, 75, 52, 71, 52, 29, 63, 29, 17],
  '1000': [98, 94, 91, 94, 86, 77, 87, 74, 63],
  '1001': [95, 87, 81, 89, 74, 64, 75, 63, 49],
  '1010': [94, 88, 76, 86, 74, 59, 72, 57, 52],
  '1011': [89, 77, 67, 76, 58, 50, 57, 52, 25],
  '1021': [83, 70, 54, 65, 58, 26, 53, 21, 13],
  '1100': [95, 88, 76, 90, 75, 61, 77, 68, 52],
  '1101': [90, 76, 70, 77, 62, 53, 66, 59, 30],
  '1110': [89, 76, 62, 74, 57, 47, 61, 57, 24],
  '1111': [78, 67, 58, 59, 57, 23, 52, 29, 16],
  '1121': [71, 59, 30, 58, 26, 15, 23, 13, 6],
  '2000': [93, 86, 75, 86, 74, 56, 70, 52, 40],
  '2001': [87, 72, 58, 74, 61, 34, 54, 40, 22],
  '2010': [85, 74, 62, 72, 55, 46, 53, 34, 19],
  '2011': [75, 55, 51, 57, 41, 19, 36, 19, 8],
  '2021': [64, 51, 20, 47, 21, 11, 24, 9, 4],
  '2100': [88, 73, 60, 73, 59, 41, 54, 45, 20],
  '2101': [75, 53, 50, 55, 40, 20, 43, 22, 11],
  '2110': [75, 58, 40, 61, 48, 20, 46, 17, 8],
  '2111': [55, 45, 21, 51, 18, 9, 18, 7, 2],
  '2121': [53, 24, 14, 24, 12, 5, 10, 3, 1],
};

interface Group {
  readonly metrics: readonly string[];
  /** By level: the highest vectors of the level, and how many steps below them it reaches. */
  readonly levels: Readonly<Record<string, { readonly highest: readonly (readonly number[])[]; readonly depth: number }>>;
}

/** Equivalence sets (specification, tables 24 to 29); the third and the sixth share their metrics. */
const EQ1: Group = {
  metrics: ['AV', 'PR', 'UI'],
  levels: {
    0: { highest: [[0, 0, 0]], depth: 1 },
    1: {
      highest: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      depth: 4,
    },
    2: {
      highest: [
        [3, 0, 0],
        [1, 1, 1],
      ],
      depth: 5,
    },
  },
};
const EQ2: Group = {
  metrics: ['AC', 'AT'],
  levels: {
    0: { highest: [[0, 0]], depth: 1 },
    1: {
      highest: [
        [1, 0],
        [0, 1],
      ],
      depth: 2,
    },
  },
};
const EQ36: Group = {
  metrics: ['VC', 'VI', 'VA', 'CR', 'IR', 'AR'],
  levels: {
    '00': { highest: [[0, 0, 0, 0, 0, 0]], depth: 7 },
    '01': {
      highest: [
        [0, 0, 1, 1, 1, 0],
        [0, 0, 0, 1, 1, 1],
      ],
      depth: 6,
    },
    '10': {
      highest: [
        [1, 0, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0],
      ],
      depth: 8,
    },
    '11': {
      highest: [
        [1, 0, 1, 0, 1, 0],
        [1, 0, 0, 0, 1, 1],
        [0, 1, 0, 1, 0, 1],
        [0, 1, 1, 1, 0, 0],
        [1, 1, 0, 0, 0, 1],
      ],
      depth: 8,
    },
    '21': { highest: [[1, 1, 1, 0, 0, 0]], depth: 10 },
  },
};
const EQ4: Group = {
  metrics: ['SC', 'SI', 'SA'],
  levels: {
    0: { highest: [[1, 0, 0]], depth: 6 },
    1: { highest: [[1, 1, 1]], depth: 5 },
    2: { highest: [[2, 2, 2]], depth: 4 },
  },
};

type Values = ReadonlyMap<string, number>;

/** Positions of the effective values: a modified metric goes before its base metric, the worst stands for what is not defined. */
function read(parts: readonly string[]): Values | undefined {
  const given = new Map<string, string>();
  for (const part of parts) {
    const colon = part.indexOf(':');
    const name = part.slice(0, colon);
    if (colon < 1 || given.has(name)) return undefined;
    given.set(name, part.slice(colon + 1));
  }
  const values = new Map<string, number>();
  const place = (order: string, text: string): number => (text.length === 1 && text !== '-' ? order.indexOf(text) : -1);
  for (const [metric, order] of Object.entries(ORDER)) {
    const base = given.get(metric) ?? 'X';
    const own = OPTIONAL.has(metric) && base === 'X' ? 0 : base === 'S' ? -1 : place(order, base);
    const modified = OPTIONAL.has(metric) ? 'X' : (given.get(`M${metric}`) ?? 'X');
    const effective = modified === 'X' ? own : place(order, modified);
    if (own < 0 || effective < 0) return undefined;
    values.set(metric, effective);
  }
  return values;
}

/** Steps below the first of the level's highest vectors that is nowhere lower. */
function distance(values: Values, group: Group, level: string): number {
  const own = group.metrics.map((metric) => values.get(metric) ?? 0);
  const highest = group.levels[level]?.highest.find((vector) => vector.every((step, index) => step <= (own[index] ?? 0))) ?? own;
  return own.reduce((sum, step, index) => sum + step - (highest[index] ?? 0), 0);
}

/**
 * Score of a CVSS 4.0 vector, from 0 to 10: base, and what it says of threat and environment
 * (https://www.first.org/cvss/v4-0/specification-document, 8). `undefined` for anything else.
 */
export function cvss4Score(vector: string): number | undefined {
  const [version, ...parts] = vector.split('/');
  const values = version === 'CVSS:4.0' ? read(parts) : undefined;
  if (!values) return undefined;
  const is = (metric: string, position = 0): boolean => values.get(metric) === position;
  if (['VC', 'VI', 'VA'].every((metric) => is(metric, 2)) && ['SC', 'SI', 'SA'].every((metric) => is(metric, 3))) return 0;

  const open = ['AV', 'PR', 'UI'].filter((metric) => is(metric)).length;
  const eq1 = open === 3 ? 0 : open > 0 && !is('AV', 3) ? 1 : 2;
  const eq2 = is('AC') && is('AT') ? 0 : 1;
  const eq3 = is('VC') && is('VI') ? 0 : is('VC') || is('VI') || is('VA') ? 1 : 2;
  const eq4 = is('SI') || is('SA') ? 0 : is('SC', 1) || is('SI', 1) || is('SA', 1) ? 1 : 2;
  const eq5 = values.get('E') ?? 0;
  const eq6 = ['C', 'I', 'A'].some((letter) => is(`${letter}R`) && is(`V${letter}`)) ? 0 : 1;

  const score = (one: number, two: number, three: number, six: number, four: number, five: number): number | undefined =>
    four > 2 || five > 2 ? undefined : SCORES[`${one}${two}${three}${six}`]?.[four * 3 + five];
  const own = score(eq1, eq2, eq3, eq6, eq4, eq5) ?? 0;
  const below36 = [score(eq1, eq2, eq3, eq6 + 1, eq4, eq5), score(eq1, eq2, eq3 + 1, eq6, eq4, eq5)].filter((lower) => lower !== undefined);
  const lowers: readonly (readonly [number | undefined, number])[] = [
    [score(eq1 + 1, eq2, eq3, eq6, eq4, eq5), distance(values, EQ1, `${eq1}`) / (EQ1.levels[eq1]?.depth ?? 1)],
    [score(eq1, eq2 + 1, eq3, eq6, eq4, eq5), distance(values, EQ2, `${eq2}`) / (EQ2.levels[eq2]?.depth ?? 1)],
    [
      below36.length === 0 ? undefined : Math.max(...below36),
      distance(values, EQ36, `${eq3}${eq6}`) / (EQ36.levels[`${eq3}${eq6}`]?.depth ?? 1),
    ],
    [score(eq1, eq2, eq3, eq6, eq4 + 1, eq5), distance(values, EQ4, `${eq4}`) / (EQ4.levels[eq4]?.depth ?? 1)],
    // All vectors of a level of the fifth set are equal: no distance within it.
    [score(eq1, eq2, eq3, eq6, eq4, eq5 + 1), 0],
  ];
  const steps = lowers.flatMap(([lower, proportion]) => (lower === undefined ? [] : [(own - lower) * proportion]));
  const mean = steps.length === 0 ? 0 : steps.reduce((sum, step) => sum + step, 0) / steps.length;
  // Half a tenth goes up, also where division left it a hair below.
  return Math.min(100, Math.max(0, Math.round(own - mean + 1e-9))) / 10;
}
