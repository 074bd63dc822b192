import { at, facts, groupBy, isTrue, observed, text } from './shared/facts.ts';
import { hostOf, isInternalName, isLoopback } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

/** A call that fetches one of several files is one place to fix. */
const onePerPlace = (hits: readonly Hit[]): Hit[] =>
  [...groupBy(hits, ({ location, args }) => `${location.path}\0${location.line ?? ''}\0${String(args['problem'])}`).values()].flatMap(([first, ...rest]) => {
    if (!first) return [];
    const urls = [...new Set([first, ...rest].map(({ args }) => String(args['url'] ?? '')))];
    return [urls.length === 1 ? first : { ...first, args: { ...first.args, url: urls } }];
  });

/** The bytes that arrive are not the bytes that were meant, and nothing would notice. */
export const insecureDownload = defineRule({
  id: 'insecure-download',
  check: (input) =>
    onePerPlace(
    observed(input, 'download').flatMap((download): Hit[] => {
      const url = text(download.facts, 'url');
      const via = text(download.facts, 'via');
      const hit = (problem: string, severity: Hit['severity']): Hit[] => [
        { ...at(download), ...(severity ? { severity } : {}), args: facts({ url, via, problem }) },
      ];
      if (download.facts['verifyTls'] === false) return hit('certificate checks are switched off', 'high');
      const host = url === undefined ? undefined : hostOf(url);
      const local = host !== undefined && (isLoopback(host) || isInternalName(host));
      if (url?.startsWith('http://') && !local) return hit('plain http, which anyone on the way can change', isTrue(download.facts, 'digest') ? 'low' : 'high');
      if (download.facts['digest'] === false && !local) return hit('no digest is checked', 'low');
      return [];
    })),
});
