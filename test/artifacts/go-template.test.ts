import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectFile } from './inspect.ts';

const inspect = (text: string) => inspectFile('chat_template.gotmpl', Buffer.from(text));

describe('templates of Ollama', () => {
  it.each([
    '{{ .Prompt }}',
    '{{- if or .System .Tools }}<|start|>{{ .System }}{{- end }}{{- /* a {{ comment */ -}}',
    '{{ range $i, $_ := .Messages }}{{ $last := eq (len (slice $.Messages $i)) 1 }}{{ if and (eq .Role "user") $last }}{{ .Content }}{{ end }}{{ end }}',
    "{{ printf `%q {{` (index .Messages 0).Content | json }} {{ currentDate }} {{ -1 }} {{ 'a' }}",
    '{{ template "x" . }}{{ define "x" }}{{ range .A }}{{ break }}{{ else }}{{ continue }}{{ end }}{{ end }}',
    'no action at all, but __class__ as text, and a { brace }',
  ])('that are ordinary are clean: %s', async (text) => {
    expect(await inspect(text)).toMatchObject({ format: 'go-template', verdict: 'clean', findings: [] });
  });

  it.each([
    ["{{ ''.__class__.__mro__ }}", 'template-injection'],
    ['{{ .__class__ }}', 'template-injection'],
    ['{{ __import__("os").popen("id").read() }}', 'template-injection'],
    ['{% for c in x.__subclasses__() %}{% endfor %}', 'template-injection'],
    ['{{ .Prompt }}{% set x = cycler.__init__.__globals__ %}', 'template-injection'],
    ['{{ env "AWS_SECRET_ACCESS_KEY" }}', 'unusual-template'],
    ['{{ .Prompt | exec }}', 'unusual-template'],
    ['{{ call .Run }}', 'unusual-template'],
  ])('%s: %s', async (text, rule) => {
    expect((await inspect(text)).findings.map(({ ruleId }) => ruleId)).toContain(rule);
  });

  it.each(['{{ .Prompt', '{{ "a }}', '{{ ? }}', '{{ `a }}'])('that are broken are never clean: %s', async (text) => {
    expect((await inspect(text)).verdict).not.toBe('clean');
  });

  it('are read in time that grows with their length', async () => {
    for (const text of [
      '{{'.repeat(200_000),
      `{{ ${'a '.repeat(150_000)}}}`,
      `{{ ${'"'.repeat(200_001)}}}`,
      `{{ ${'/*'.repeat(200_000)}}}`,
    ]) {
      const started = performance.now();
      await inspect(text);
      expect(performance.now() - started).toBeLessThan(5000);
    }
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => void (await inspect(`{{ ${text} }}`))),
      { numRuns: 50 },
    );
  });
});
