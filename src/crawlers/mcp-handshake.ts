import { Sink, type ConfigFacts } from './config/sink.ts';
import { united } from './config/merge.ts';
import { defineCrawler } from './crawler.ts';

const SOURCE = /\.(?:py|[cm]?[jt]s|java|kt|go|cs|rs|rb|php|swift|exs?|sh|lua)$/i;
const NOT_OURS =
  /(?:^|\/)(?:node_modules|vendor|third_party|site-packages|dist|build|docs?|tests?|__tests__|specs?|fixtures|testdata)\/|[._-](?:test|spec)\.\w+$|_test\.go$/i;
/** What a server says of itself in its answer to `initialize`. https://modelcontextprotocol.io/specification/2025-06-18/basic/lifecycle */
const SERVER_INFO =
  /["'`]?serverInfo["'`]?\s{0,5}(?::|=>|=|,)[^"'`;]{0,80}?["'`]?[nN]ame["'`]?\s{0,20}(?::|=>|=|,)\s{0,20}["'`]([\w@][\w .,:@/()+&!-]{1,99})["'`]/g;
/** A program answers for one server, seldom for a few. */
const MAX_SERVERS = 4;

/** MCP servers that speak the protocol without an SDK: their answer to `initialize` names them. */
export const mcpHandshakeCrawler = defineCrawler<ConfigFacts>({
  id: 'mcp-handshake',
  wants: ({ path }) => SOURCE.test(path) && !NOT_OURS.test(path),
  prefilter: (latin1) => latin1.includes('serverInfo') && latin1.includes('protocolVersion'),
  extract(file, knowledge) {
    const sink = new Sink(file.path, knowledge, 'mcp-handshake');
    for (const match of [...file.text.matchAll(SERVER_INFO)].slice(0, MAX_SERVERS)) {
      const line = file.text.slice(0, match.index).split('\n').length;
      sink.add({
        kind: 'mcp-server',
        name: match[1] ?? '',
        implemented: true,
        occurrences: [sink.occurrence(line, 'serverInfo', 'high')],
      });
    }
    return sink.facts ? { facts: sink.facts } : {};
  },
  detect: united,
});
