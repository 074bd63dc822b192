// Which id reaches which call. Findings say "this model is loaded here", so a flow that only a shared name suggests must make none;
// the id stays in the inventory all the same, with the place where it is written.
import { describe, expect, it } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { scan } from '../../src/scan.ts';
import { memorySource } from '../../src/source/memory.ts';
import { inlineEngine } from '../../src/workers/engine.ts';

const knowledge = loadKnowledge();

interface Flows {
  /** `id @ path:line` of every load of a model without a revision. */
  readonly loads: readonly string[];
  /** `name @ path:line …` of every model. */
  readonly models: readonly string[];
}

async function flowsOf(tree: Readonly<Record<string, string>>): Promise<Flows> {
  // A file that shows no sign of AI is not read.
  const source = memorySource(Object.fromEntries(Object.entries(tree).map(([path, text]) => [path, `${text}\nimport torch\n`])));
  const engine = inlineEngine({ source, knowledge, hash: false, now: Date.now });
  const report = await scan({ source, knowledge, engine, now: new Date('2026-11-25T12:00:00Z'), trust: [] });
  return {
    loads: report.findings
      .filter(({ ruleId }) => ruleId === 'unpinned-revision')
      .flatMap(({ args, location }) => [args['id']].flat().map((id) => `${String(id)} @ ${location.path}:${location.line ?? 0}`))
      .sort(),
    models: report.components
      .filter(({ kind }) => kind === 'model')
      .map(({ name, occurrences }) =>
        [name, '@', ...new Set(occurrences.map(({ location }) => `${location.path}:${location.line ?? 0}`))].join(' '),
      )
      .sort(),
  };
}

const LOADER = `from transformers import AutoModel

class Loader:
    def load(self, name):
        return AutoModel.from_pretrained(name)
`;

describe('a method is joined to a call by the class of the receiver', () => {
  it('takes what is given to an object of that class', async () => {
    const tree = { 'loader.py': LOADER, 'main.py': 'from loader import Loader\nloader = Loader()\nloader.load("intfloat/e5-small")\n' };
    expect((await flowsOf(tree)).loads).toEqual(['intfloat/e5-small @ loader.py:5']);
  });

  it('leaves what an object of another class is given', async () => {
    const other = 'class Shelf:\n    def load(self, name):\n        print(name)\n';
    const tree = {
      'loader.py': LOADER,
      'shelf.py': other,
      'main.py':
        'from loader import Loader\nfrom shelf import Shelf\nLoader().load("intfloat/e5-small")\nShelf().load("intfloat/e5-large")\n',
    };
    expect((await flowsOf(tree)).loads).toEqual(['intfloat/e5-small @ loader.py:5']);
  });

  it('leaves what a class of a library is given that has a method of this name', async () => {
    const wrapper = `from huggingface_hub import snapshot_download

class Wrapper:
    @classmethod
    def from_pretrained(cls, name):
        return snapshot_download(name)
`;
    const tree = {
      'wrapper.py': wrapper,
      'main.py':
        'from transformers import AutoTokenizer\nfrom wrapper import Wrapper\nAutoTokenizer.from_pretrained("intfloat/e5-base")\nWrapper.from_pretrained("intfloat/e5-small")\n',
    };
    expect((await flowsOf(tree)).loads).toEqual(['intfloat/e5-base @ main.py:3', 'intfloat/e5-small @ wrapper.py:6']);
  });

  it('follows a receiver that is a field, a parameter or an element', async () => {
    const tree = {
      'loader.py': LOADER,
      'main.py': `from loader import Loader

class App:
    def __init__(self, spare: Loader):
        self.loader = Loader()
        self.spare = spare
        self.loader.load("thenlper/gte-small")
        self.spare.load("thenlper/gte-large")

for loader in [Loader()]:
    loader.load("thenlper/gte-base")
`,
    };
    expect((await flowsOf(tree)).loads).toEqual([
      'thenlper/gte-base @ loader.py:5',
      'thenlper/gte-large @ loader.py:5',
      'thenlper/gte-small @ loader.py:5',
    ]);
  });

  it('follows a subclass and super()', async () => {
    const tree = {
      'loader.py': LOADER,
      'main.py': `from loader import Loader

class Small(Loader):
    pass

class Large(Loader):
    def load(self, name):
        return super().load("intfloat/e5-base")

Small().load("intfloat/e5-small")
Large().load("intfloat/e5-large")
`,
    };
    expect((await flowsOf(tree)).loads).toEqual(['intfloat/e5-base @ loader.py:5', 'intfloat/e5-small @ loader.py:5']);
  });

  it('takes a call on a base class for the one class that implements it, and not for several', async () => {
    const base = 'class Base:\n    def load(self, name):\n        raise NotImplementedError(name)\n';
    const one = `from base import Base\n${LOADER.replace('class Loader:', 'class Loader(Base):')}`;
    const tree = {
      'base.py': base,
      'loader.py': one,
      'main.py': 'from base import Base\ndef run(loader: Base):\n    loader.load("intfloat/e5-small")\n',
    };
    expect((await flowsOf(tree)).loads).toEqual(['intfloat/e5-small @ loader.py:6']);
    const second = 'from base import Base\nclass Remote(Base):\n    def load(self, name):\n        print(name)\n';
    expect((await flowsOf({ ...tree, 'remote.py': second })).loads).toEqual([]);
  });
});

describe('a method of an object of which nothing is known', () => {
  const tree = (method: string, given = '"BAAI/bge-m3"'): Readonly<Record<string, string>> => ({
    'main.py': `${LOADER.replace('load(', `${method}(`)}\ndef run(loader):\n    loader.${method}(${given})\n`,
  });

  it('is believed by a name of several words that the program gives once', async () => {
    expect(await flowsOf(tree('fetch_encoder'))).toEqual({
      loads: ['BAAI/bge-m3 @ main.py:5'],
      models: ['BAAI/bge-m3 @ main.py:5 main.py:8'],
    });
  });

  it('is not believed by a name that any class may have, yet the model is in the inventory where it is written', async () => {
    for (const method of ['load', 'get', 'run', 'from_pretrained'])
      expect(await flowsOf(tree(method)), method).toEqual({ loads: [], models: ['BAAI/bge-m3 @ main.py:8'] });
  });

  it('is not believed where two classes have it', async () => {
    const two = { ...tree('fetch_encoder'), 'other.py': 'class Other:\n    def fetch_encoder(self, name):\n        print(name)\n' };
    expect(await flowsOf(two)).toEqual({ loads: [], models: ['BAAI/bge-m3 @ main.py:8'] });
  });

  it('is not believed where the call has a keyword or a place too many', async () => {
    for (const given of ['"BAAI/bge-m3", device="cpu"', '"BAAI/bge-m3", "cpu"'])
      expect((await flowsOf(tree('fetch_encoder', given))).loads, given).toEqual([]);
    const [text = ''] = Object.values(tree('fetch_encoder', '"BAAI/bge-m3", "cpu", dtype="half"'));
    const open = text.replace('(self, name)', '(self, name, *rest, **options)');
    expect((await flowsOf({ 'main.py': open })).loads).toHaveLength(1);
  });
});

describe('a constructor is joined to a call by its class', () => {
  const engine = `from transformers import AutoModel

class Engine:
    def __init__(self, name="BAAI/bge-m3"):
        self.name = name

    def start(self):
        return AutoModel.from_pretrained(self.name)
`;

  it('of two classes of one name the imported one is meant', async () => {
    const tree = {
      'a/engine.py': engine.replace('="BAAI/bge-m3"', ''),
      'b/engine.py': 'class Engine:\n    def __init__(self, name):\n        self.name = name\n',
      'main.py': 'from a.engine import Engine as A\nfrom b.engine import Engine\nA("intfloat/e5-small")\nEngine("intfloat/e5-base")\n',
    };
    expect((await flowsOf(tree)).loads).toEqual([]);
    const direct = {
      ...tree,
      'main.py': 'from a.engine import Engine\nEngine("intfloat/e5-small")\n',
      'other.py': 'from b.engine import Engine\nEngine("intfloat/e5-base")\n',
    };
    expect((await flowsOf(direct)).loads).toEqual(['intfloat/e5-small @ a/engine.py:8']);
  });

  it('a subclass without a constructor, and super().__init__, call that of the base', async () => {
    const tree = {
      'engine.py': engine,
      'main.py': `from engine import Engine

class Plain(Engine):
    pass

class Tuned(Engine):
    def __init__(self):
        super().__init__("intfloat/e5-small")

Plain(name="intfloat/e5-base")
Tuned()
`,
    };
    expect(await flowsOf(tree)).toEqual({
      loads: ['intfloat/e5-base @ engine.py:8', 'intfloat/e5-small @ engine.py:8'],
      models: ['BAAI/bge-m3 @ engine.py:4', 'intfloat/e5-base @ engine.py:8 main.py:10', 'intfloat/e5-small @ engine.py:8 main.py:8'],
    });
  });
});

describe('a default that every call overrides', () => {
  const embed = `from transformers import AutoModel

def embed(name="BAAI/bge-m3", **options):
    return AutoModel.from_pretrained(name)
`;
  const loads = async (main: string): Promise<readonly string[]> =>
    (await flowsOf({ 'embed.py': embed, 'main.py': `from embed import embed\n${main}` })).loads;

  it('is loaded where no call is seen, or one leaves it', async () => {
    expect(await loads('print(embed)\n')).toEqual(['BAAI/bge-m3 @ embed.py:4']);
    expect(await loads('embed("intfloat/e5-small")\nembed()\n')).toEqual(['BAAI/bge-m3 @ embed.py:4', 'intfloat/e5-small @ embed.py:4']);
  });

  it('gets nowhere where every call gives something else', async () => {
    expect(await loads('embed("intfloat/e5-small")\n')).toEqual(['intfloat/e5-small @ embed.py:4']);
    const { models } = await flowsOf({ 'embed.py': embed, 'main.py': 'from embed import embed\nembed("intfloat/e5-small")\n' });
    expect(models).toEqual(['BAAI/bge-m3 @ embed.py:3', 'intfloat/e5-small @ embed.py:4 main.py:2']);
  });

  it('is overridden through a dictionary of arguments, and through functions that hand them on', async () => {
    expect(await loads('params = {"name": "intfloat/e5-small", "size": 3}\nembed(**params)\n')).toEqual(['intfloat/e5-small @ embed.py:4']);
    expect(await loads('params = dict(name="intfloat/e5-small")\nembed(**params)\n')).toEqual(['intfloat/e5-small @ embed.py:4']);
    const forwarded = 'def build(**options):\n    return embed(**options)\n\nbuild(name="intfloat/e5-small")\n';
    expect(await loads(forwarded)).toEqual(['intfloat/e5-small @ embed.py:4']);
    expect(await loads('embed(**params_of_user())\n')).toEqual(['BAAI/bge-m3 @ embed.py:4']);
  });

  it('is loaded where only a test or an example gives another', async () => {
    const tree = { 'embed.py': embed, 'tests/test_embed.py': 'from embed import embed\nembed("intfloat/e5-base")\n' };
    expect((await flowsOf(tree)).loads).toEqual(['BAAI/bge-m3 @ embed.py:4']);
    const example = { 'embed.py': embed, 'examples/run.py': 'from embed import embed\nembed("intfloat/e5-base")\n' };
    expect((await flowsOf(example)).loads).toEqual(['BAAI/bge-m3 @ embed.py:4', 'intfloat/e5-base @ embed.py:4']);
  });

  it('is loaded where a framework calls the function', async () => {
    const served = embed.replace('def embed', '@app.post("/embed")\ndef embed');
    const tree = { 'embed.py': served, 'main.py': 'from embed import embed\nembed("intfloat/e5-small")\n' };
    expect((await flowsOf(tree)).loads).toEqual(['BAAI/bge-m3 @ embed.py:5', 'intfloat/e5-small @ embed.py:5']);
  });
});

describe('classes of the tree', () => {
  it('are known through a package whose own file says nothing of AI', async () => {
    const tree = {
      'kit/store/loader.py': LOADER,
      'main.py': 'from kit import Loader\nfrom transformers import AutoModel\nLoader().load("intfloat/e5-small")\n',
    };
    expect((await flowsOf(tree)).loads).toEqual(['intfloat/e5-small @ kit/store/loader.py:5']);
    const twice = { ...tree, 'kit/other/loader.py': 'class Loader:\n    def load(self, name):\n        print(name)\n' };
    expect((await flowsOf(twice)).loads).toEqual([]);
  });

  it('that extend one base class get what they hand it, not what their siblings do', async () => {
    const tree = {
      'main.py': `from sentence_transformers import SentenceTransformer
from transformers import AutoModel

class Base:
    def __init__(self, name):
        self.name = name

class Sentences(Base):
    def __init__(self, name="intfloat/e5-small"):
        super().__init__(name)

    def start(self):
        return SentenceTransformer(self.name)

class Words(Base):
    def __init__(self, name="thenlper/gte-small"):
        super().__init__(name)

    def start(self):
        return AutoModel.from_pretrained(self.name)
`,
    };
    expect((await flowsOf(tree)).loads).toEqual(['intfloat/e5-small @ main.py:13', 'thenlper/gte-small @ main.py:20']);
  });

  it('that one factory hands the same options get them possibly', async () => {
    const tree = {
      'main.py': `from transformers import AutoModel

class Words:
    def __init__(self, name="thenlper/gte-small"):
        self.model = AutoModel.from_pretrained(name)

class Cloud:
    def __init__(self, name):
        print(name)

def make(kind, **options):
    if kind == "cloud":
        return Cloud(**options)
    return Words(**options)

make("cloud", name="intfloat/e5-small")
`,
    };
    expect(await flowsOf(tree)).toEqual({
      loads: ['thenlper/gte-small @ main.py:5'],
      models: ['intfloat/e5-small @ main.py:16', 'thenlper/gte-small @ main.py:4 main.py:5'],
    });
  });
});

describe('a registry that says beside an id who serves it', () => {
  const profiles = `class Profile:
    model_name: str
    provider: str

    @property
    def api_name(self):
        return self.model_name

PROFILES = {
    "jina": Profile(model_name="jinaai/jina-embeddings-v3", provider="huggingface"),
    "gemini": Profile(model_name="gemini-embedding-001", provider="google_genai"),
    "qwen": Profile(model_name="Qwen/Qwen3-Embedding-8B", provider="nebius"),
}
`;
  const adapter = (call: string): string => `from profiles import Profile

class Embeddings:
    def __init__(self, client, model):
        self.client = client
        self.model = model

    def embed(self, text):
        return ${call}

def build(client, profile: Profile):
    return Embeddings(client, model=profile.api_name)
`;

  it('gives it to the adapter of that provider alone', async () => {
    const { models } = await flowsOf({
      'profiles.py': profiles,
      'adapters/google_genai.py': adapter('self.client.models.embed_content(model=self.model, contents=text)'),
      'adapters/nebius.py': adapter('self.client.embeddings.create(model=self.model, input=text)'),
    });
    expect(models).toEqual([
      'Qwen/Qwen3-Embedding-8B @ adapters/nebius.py:9 profiles.py:12',
      'gemini-embedding-001 @ adapters/google_genai.py:9 profiles.py:11',
      'jinaai/jina-embeddings-v3 @ profiles.py:10',
    ]);
  });

  it('is read by keyword, by place, as an entry and as the key of the entry', async () => {
    const call = 'from openai import OpenAI\nclient = OpenAI(base_url="https://api.groq.com/openai/v1")\n';
    const written = async (code: string): Promise<readonly string[]> => (await flowsOf({ 'main.py': `${call}${code}` })).models;
    const elsewhere = ['gemini-2.5-flash @ main.py:3'];
    const ask = 'client.chat.completions.create(model=';
    expect(await written(`P = {"provider": "google_genai", "model": "gemini-2.5-flash"}\n${ask}P["model"])\n`)).toEqual(elsewhere);
    expect(await written(`P = {"google_genai": "gemini-2.5-flash"}\ndef f(p):\n    ${ask}P[p])\n`)).toEqual(elsewhere);
    expect(await written(`P = {"google_genai": {"model": "gemini-2.5-flash"}}\ndef f(p):\n    ${ask}P[p]["model"])\n`)).toEqual(elsewhere);
    const fn = `def ask(provider, model):\n    ${ask}model)\n`;
    expect(await written(`ask_all = lambda: ask("google_genai", "gemini-2.5-flash")\n${fn}`)).toEqual(elsewhere);
    expect(await written(`P = {"provider": "groq", "model": "llama-3.3-70b-versatile"}\n${ask}P["model"])\n`)).toEqual([
      'llama-3.3-70b-versatile @ main.py:3 main.py:4',
    ]);
  });

  it('is no reason where the maker is named, or the one who is asked may be anybody', async () => {
    const ask = (client: string): string =>
      `from openai import OpenAI\nimport os\nP = {"provider": "mistral", "model": "mistral-small-latest"}\nclient = OpenAI(${client})\nclient.chat.completions.create(model=P["model"])\n`;
    const reached = ['mistral-small-latest @ main.py:3 main.py:5'];
    expect((await flowsOf({ 'main.py': ask('base_url="https://api.groq.com/openai/v1"') })).models).toEqual(reached);
    expect((await flowsOf({ 'main.py': ask('base_url="https://openrouter.ai/api/v1"').replace('"mistral"', '"cohere"') })).models).toEqual(
      reached,
    );
    expect((await flowsOf({ 'main.py': ask('base_url=os.environ["URL"]').replace('"mistral"', '"cohere"') })).models).toEqual(reached);
  });
});
