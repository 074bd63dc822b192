import { folderOf, joinPath } from '../../manifests/paths.ts';
import type { Sink } from '../sink.ts';
import type { Inherited } from './commands.ts';
import { mountedFolders, mountsSocket, type Privileges } from './privileges.ts';
import { filled, withDefaults } from './values.ts';
import type { Word } from './word.ts';

/** `127.0.0.1:8000:80/tcp`, `8000:80`, `${PORT}:80`: address, published port, port of the container. */
const PUBLISHED = /^(?:(\[[0-9a-f:]+\]|[\d.]+|\$\{[^}]*\}):)?(?:(\d{1,5})|\$\{\w+\}|\$\w+):(\d{1,5})(?:\/\w+)?$/i;

/** Port and address under which a machine publishes a container's port. A variable without a default publishes some port: the container's is named. */
export function publishedPort(written: string): { readonly port: number; readonly bind: string } | undefined {
  const [, bind = '0.0.0.0', port, own] = PUBLISHED.exec(filled(written)) ?? [];
  return own === undefined ? undefined : { port: Number(port ?? own), bind };
}

/** Images whose first argument is a model. */
export const TAKES_MODEL: ReadonlySet<string> = new Set(['vllm', 'localai', 'tensorrt-llm']);

const ENGINE = /^(?:docker|podman|nerdctl)$/;
/** Options of `run` without a value. Any other option takes the word after it, if it has none of its own. */
const SWITCH =
  /^(?:-[ditPq]+|--(?:detach|interactive|tty|rm|privileged|init|read-only|publish-all|quiet|no-healthcheck|oom-kill-disable|sig-proxy|disable-content-trust|replace))$/;
const MAX_OPTIONS = 80;

/** Reads the command that a container is started with. */
type ReadCommand = (sink: Sink, words: readonly Word[], inherited?: Inherited) => void;

/** `docker run -p 8000:8000 image arguments…`: an image, its ports and what it is started with. */
export function readDockerRun(sink: Sink, words: readonly Word[], readCommand: ReadCommand): boolean {
  let at = words.findIndex(({ text }) => ENGINE.test(text));
  if (at < 0 || at > 2 || words.slice(0, at).some(({ text }) => !/^(?:sudo|exec|nohup|time|then|do|!.*|@.*|[A-Za-z_]\w*=.*)$/.test(text)))
    return false;
  at += words[at + 1]?.text === 'container' ? 2 : 1;
  if (words[at]?.text !== 'run' && words[at]?.text !== 'create') return false;
  const options: (readonly [string, Word | undefined])[] = [];
  let next = at + 1;
  for (; next < words.length && options.length < MAX_OPTIONS; next += 1) {
    const word = words[next];
    if (!word?.text.startsWith('-')) break;
    const equals = word.text.startsWith('--') ? word.text.indexOf('=') : -1;
    if (equals > 0) options.push([word.text.slice(0, equals), { text: word.text.slice(equals + 1), line: word.line }]);
    else if (SWITCH.test(word.text)) options.push([word.text, undefined]);
    else if (/^-[epvw].+/.test(word.text)) options.push([word.text.slice(0, 2), { text: word.text.slice(2), line: word.line }]);
    else options.push([word.text, words[(next += 1)]]);
  }
  const image = words[next];
  const reference = image === undefined ? undefined : withDefaults(image.text).text;
  if (image === undefined || reference === undefined || /[{}$]/.test(reference)) return true;
  const given = (...names: readonly string[]): readonly Word[] =>
    options.flatMap(([name, value]) => (names.includes(name) && value ? [value] : []));
  const bare = reference.replace(/[:@][^/]*$/, '');
  const service = sink.infrastructure.image(bare)?.service;
  const store = sink.stores.byImage(bare);
  // An image that a script built itself moves when its author builds it.
  const known = sink.infrastructure.image(bare) !== undefined || store !== undefined;
  const privileged = options.some(([name]) => name === '--privileged');
  const socket = given('-v', '--volume', '--mount').find(({ text }) => mountsSocket(text));
  const rights: Privileges = {
    ...(privileged && { privileged }),
    ...(socket && { dockerSocket: true, rightsLine: socket.line }),
  };
  // One of one's own that is given the credentials or addresses of AI services.
  const speaks =
    !known &&
    (privileged || socket) &&
    given('-e', '--env').some(({ text }) => sink.providers.byEnv(text.split('=')[0] ?? '')?.shared === false);
  const mounted = mountedFolders(given('-v', '--volume').map(({ text }) => text)).flatMap(
    (folder) => joinPath(folderOf(sink.path), folder) ?? [],
  );
  const folders = !known && (privileged || socket) && mounted.length > 0 ? { folders: mounted } : undefined;
  if (speaks || folders)
    sink.observe('container', image.line, { name: bare, via: 'docker run', ...(speaks && { ai: true }), ...folders, ...rights });
  const ai =
    known &&
    sink.image(reference, image.line, 'docker run', {
      ...rights,
    });
  const server =
    service === undefined ? (store === undefined ? undefined : (`vector-store:${store}` as const)) : (`service:${service}` as const);
  const rest = words.slice(next + 1);
  const settings = [
    ...given('-e', '--env').map(({ text }) => text.split('=')[0] ?? text),
    ...rest.flatMap(({ text }) => (text.startsWith('-') ? [text.split('=')[0] ?? text] : [])),
  ];
  // `docker build -t chromadb .`: an image of one's own that bears the name of the store in it.
  const own = known ? undefined : sink.stores.byWord(bare.split('/').at(-1) ?? '');
  if (ai || own?.vector_only)
    for (const { text, line } of given('-p', '--publish')) {
      const published = publishedPort(text);
      if (published)
        sink.observe('exposed-port', line, { ...published, via: 'docker run', settings }, own ? `vector-store:${own.slug}` : server);
    }
  if (rest.length > 0)
    readCommand(sink, rest, ai ? { service, ofAi: true, positional: service !== undefined && TAKES_MODEL.has(service) } : undefined);
  return true;
}
