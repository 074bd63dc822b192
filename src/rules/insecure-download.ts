import { at, facts, isTrue, observed, text } from './shared/facts.ts';
import { hostOf, isInternalName, isLoopback } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

/** The bytes that arrive are not the bytes that were meant, and nothing would notice. */
export const insecureDownload = defineRule({
  id: 'insecure-download',
  check: (input) =>
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
    }),
});
