import { describe, expect, it } from 'vitest';
import { manifestsIn } from '../../src/crawlers/config/readers/heredoc.ts';

describe('manifests in scripts', () => {
  it('finds a document with the line that stands before it', () => {
    const script = ['#!/bin/sh', "cat <<'EOF' > x.yaml", 'apiVersion: v1', 'kind: Pod', 'EOF', 'echo done'].join('\n');
    expect(manifestsIn(script)).toEqual([{ text: 'apiVersion: v1\nkind: Pod', line: 2 }]);
  });

  it('takes an indented end after <<-, and none for other text', () => {
    expect(manifestsIn('cat <<-END\nservices:\n\tx\n\tEND\n')).toEqual([{ text: 'services:\n\tx', line: 1 }]);
    expect(manifestsIn('cat <<EOF\nhello\nEOF\n')).toEqual([]);
  });

  it('ends with the script where the end is missing', () => {
    expect(manifestsIn('cat <<EOF\napiVersion: v1')).toEqual([{ text: 'apiVersion: v1', line: 1 }]);
  });
});
