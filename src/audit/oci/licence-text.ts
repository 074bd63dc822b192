/** Titles of licences as their texts begin, and the ids that cards use for them. The first that fits. */
const TITLES: readonly (readonly [RegExp, string])[] = [
  [/\bapache license,? version 2\.0\b|\bapache license\s+version 2\.0\b/, 'apache-2.0'],
  [/\bmit license\b|permission is hereby granted, free of charge, to any person obtaining a copy/, 'mit'],
  [/\bllama (\d(?:\.\d)?) community license/, 'llama$1'],
  [/\bgemma terms of use\b/, 'gemma'],
  [/\bgnu affero general public license\s+version 3\b/, 'agpl-3.0'],
  [/\bgnu general public license\s+version 3\b/, 'gpl-3.0'],
  [/\bcreative ?ml open ?rail(\+\+)?-?m\b/, 'creativeml-openrail-m'],
  [/\bbigcode open ?rail-m\b/, 'bigcode-openrail-m'],
  [/\bbigscience (?:open)?rail license\b/, 'bigscience-openrail-m'],
  [/\bopenrail\b/, 'openrail'],
  [/\battribution-noncommercial 4\.0 international\b|\bcc[- ]by[- ]nc[- ]4\.0\b/, 'cc-by-nc-4.0'],
  [/\battribution-sharealike 4\.0 international\b|\bcc[- ]by[- ]sa[- ]4\.0\b/, 'cc-by-sa-4.0'],
  [/\battribution 4\.0 international\b|\bcc[- ]by[- ]4\.0\b/, 'cc-by-4.0'],
  [/\bbsd 3-clause\b/, 'bsd-3-clause'],
];

/** Licences give their name at once. */
const HEAD = 1500;
const MAX_NAME = 80;

/** Id of a licence by its text, else its first line; `undefined` for a text that says nothing. */
export function licenceOfText(text: string): string | undefined {
  const head = text.slice(0, HEAD).toLowerCase().replaceAll(/\s+/g, ' ');
  for (const [pattern, id] of TITLES) {
    const match = pattern.exec(head);
    if (match) return id.replace('$1', match[1] ?? '');
  }
  const line = text
    .slice(0, HEAD)
    .split('\n')
    .map((row) => row.replaceAll(/[\p{Cc}\p{Cf}#*=_-]+/gu, ' ').trim())
    .find((row) => row !== '');
  return line === undefined ? undefined : line.slice(0, MAX_NAME);
}
