import { describe, expect, test } from 'vitest';
import { codeCrawler } from '../../src/crawlers/code/index.ts';
import type { Setting } from '../../src/core/setting.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { Answers } from '../../src/resolve/answers.ts';
import type { Value } from '../../src/resolve/value.ts';
import { declaredKeys } from '../../src/resolve/declared-keys.ts';
import { indexOptions } from '../../src/resolve/options.ts';
import { Program } from '../../src/resolve/program.ts';
import { indexSettings } from '../../src/resolve/settings.ts';
import { indexUnit, type Unit } from '../../src/resolve/unit.ts';
import { valuesOf } from '../../src/resolve/values.ts';

const knowledge = loadKnowledge();

/** Values of the first argument of every call of `from_pretrained` or of `create`'s model, in the file `main.*`. */
async function valuesIn(files: Readonly<Record<string, string>>, settings: readonly Setting[] = []): Promise<string[]> {
  const units: Unit[] = [];
  for (const [path, text] of Object.entries(files)) {
    const marked = path.endsWith('.py') ? `import transformers\n${text}` : `import OpenAI from "openai";\n${text}`;
    const { facts } = await codeCrawler.extract({ path, text: marked }, knowledge);
    if (facts) units.push(indexUnit(path, facts));
  }
  const program = new Program(units);
  const resolver = {
    program,
    options: indexOptions([]),
    settings: indexSettings(settings),
    declared: declaredKeys(units),
    answers: new Answers<readonly Value[]>(),
  };
  return units
    .filter((unit) => unit.path.includes('main'))
    .flatMap((unit) =>
      unit.facts.calls
        .filter(({ call }) => call.callee.kind === 'member' && (call.callee.name === 'from_pretrained' || call.callee.name === 'create'))
        .flatMap(({ call, scope }) => (call.args[0] ? valuesOf(resolver, call.args[0].value, unit, scope) : [])),
    )
    .map(({ text, exact }) => (exact ? text : `~${text}`));
}

const env = (name: string, value: string): Setting => ({ name, value, scope: 'env', location: { path: '.env', line: 1 } });
const key = (name: string, value: string): Setting => ({ name, value, scope: 'key', location: { path: 'config.yaml', line: 1 } });

describe('python', () => {
  test.each([
    ['a constant', 'M = "a"\nX.from_pretrained(M)', ['a']],
    ['a local variable before a global one', 'M = "a"\ndef f():\n    M = "b"\n    X.from_pretrained(M)', ['b']],
    ['concatenation and f-strings', 'O = "o"\nX.from_pretrained(f"{O}/" + "n")', ['o/n']],
    ['a part that is not known', 'X.from_pretrained(f"o/{x}")', ['~o/']],
    ['percent and format', 'X.from_pretrained("%s/n" % "o")\nX.from_pretrained("{}/m".format("o"))', ['o/n', 'o/m']],
    ['a conditional and an or', 'X.from_pretrained("a" if c else "b")\nX.from_pretrained(x or "d")', ['a', 'b', 'd']],
    ['dictionaries', 'D = {"k": "a", "l": "b"}\nX.from_pretrained(D["k"])\nX.from_pretrained(D.get("z", "c"))', ['a', 'c']],
    ['lists and loops', 'L = ["a", "b"]\nfor m in L:\n    X.from_pretrained(m)', ['a', 'b']],
    ['an enum', 'class E:\n    A = "a"\nX.from_pretrained(E.A.value)', ['a']],
    [
      'a member of self',
      'class C:\n    def __init__(self):\n        self.m = "a"\n    def f(self):\n        X.from_pretrained(self.m)',
      ['a'],
    ],
    ['an inherited member', 'class B:\n    m = "a"\nclass C(B):\n    def f(self):\n        X.from_pretrained(self.m)', ['a']],
    [
      'a property',
      'class C:\n    @property\n    def m(self):\n        return "a"\n    def f(self):\n        X.from_pretrained(self.m)',
      ['a'],
    ],
    ['a default of a parameter and its call sites', 'def f(m="a"):\n    X.from_pretrained(m)\nf("b")\nf(m="c")\nf()', ['a', 'b', 'c']],
    ['a default that every call overrides, last', 'def f(m="a"):\n    X.from_pretrained(m)\nf("b")\nf(m="c")', ['b', 'c', 'a']],
    ['a keyword of a dataclass', 'class S:\n    m: str = "a"\ns = S(m="b")\nX.from_pretrained(s.m)', ['b', 'a']],
    ['a returned value', 'def f():\n    return "a"\nX.from_pretrained(f())', ['a']],
    ['getattr', 'class C:\n    m = "a"\nX.from_pretrained(getattr(C, "m", "b"))', ['a']],
    ['an environment variable with a default', 'import os\nX.from_pretrained(os.environ.get("M", "a"))', ['a', 'from-env']],
    [
      'a settings class',
      'from pydantic import Field\nclass S:\n    m: str = Field("a", env="M")\nX.from_pretrained(S().m)',
      ['a', 'from-env'],
    ],
    ['a name of the module set in a function', 'M = None\ndef f():\n    global M\n    M = "a"\ndef g():\n    X.from_pretrained(M)', ['a']],
    ['a call prepared with partial', 'from functools import partial\nload = partial(X.from_pretrained, "a")', ['a']],
    ['a key set by default', 'c = {}\nc.setdefault("m", "a")\nX.from_pretrained(c["m"])', ['a']],
    ['keys set by an update', 'c = {}\nc.update({"m": "a"}, n="b")\nX.from_pretrained(c["m"])\nX.from_pretrained(c["n"])', ['a', 'b']],
    [
      'a variable of the environment set by default',
      'import os\nos.environ.setdefault("N", "a")\nX.from_pretrained(os.environ["N"])',
      ['a'],
    ],
    ['comprehensions', 'L = [f"o/{s}" for s in ("a", "b")]\nfor m in L:\n    X.from_pretrained(m)', ['o/a', 'o/b']],
    ['members of a sorted list', 'L = ["a", "b"]\nfor m in sorted(L):\n    X.from_pretrained(m)', ['a', 'b']],
    ['a dictionary comprehension', 'D = {s: "o/" + s for s in ["a"]}\nfor m in D.values():\n    X.from_pretrained(m)', ['o/a']],
    [
      'a list that a field makes',
      'from dataclasses import field\nL = ["a", "b"]\nclass S:\n    ms: list[str] = field(default_factory=lambda: L.copy())\ns = S()\n[X.from_pretrained(m) for m in s.ms]',
      ['a', 'b'],
    ],
    [
      'a field of settings with a prefix',
      'from pydantic_settings import BaseSettings, SettingsConfigDict\nclass S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="P_")\n    m: str\ns = S()\nX.from_pretrained(s.m)',
      ['from-prefixed-env'],
    ],
    [
      'a field of settings with a prefix in an inner class',
      'from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    m: str = "a"\n    class Config:\n        env_prefix = "P_"\nX.from_pretrained(S().m)',
      ['a', 'from-prefixed-env'],
    ],
    [
      'helpers that read the environment, each with its own default',
      'import os\ndef setting(name, default):\n    return os.environ.get(name, default)\ndef _str_env(name, default=""):\n    return os.getenv(name) or default\nX.from_pretrained(setting("Z", "a"))\nX.from_pretrained(_str_env("M", "b"))\nX.from_pretrained(setting("Y", "c"))',
      ['a', 'b', 'from-env', 'c'],
    ],
    ['a fallback import', 'try:\n    from names import M\nexcept ImportError:\n    M = None\nX.from_pretrained(M)', ['named']],
    ['a key of configuration given to a function', 'def f(c):\n    X.from_pretrained(c)\nf(cfg["llm"]["model_id"])', ['from-key']],
    [
      'a key of configuration kept by an object',
      'class C:\n    def __init__(self, c):\n        self.c = c\n    def f(self):\n        X.from_pretrained(self.c)\nC(cfg.llm.model_id)',
      ['from-key'],
    ],
    ['a key of configuration through a variable', 'm = cfg.llm.model_id\nX.from_pretrained(m)', ['from-key']],
    ['dict()', 'c = dict(m="a")\nX.from_pretrained(c["m"])', ['a']],
    ['a namespace', 'c = SimpleNamespace(m="a")\nX.from_pretrained(c.m)', ['a']],
    ['a key set later', 'c = {}\nc["m"] = "a"\nX.from_pretrained(c["m"])', ['a']],
    ['an attribute set later', 'c = EasyDict()\nc.m = "a"\nX.from_pretrained(c.m)', ['a']],
    ['a spread of defaults', 'D = {"m": "a"}\ndef f(kw):\n    c = {**D, **kw}\n    X.from_pretrained(c["m"])', ['a']],
    ['a variable that the program sets', 'import os\nos.environ["Z"] = "a"\nX.from_pretrained(os.environ["Z"])', ['a']],
    [
      'variables set from each other',
      'import os\nos.environ["Y"] = os.environ["Z"]\nos.environ["Z"] = os.environ["Y"]\nX.from_pretrained(os.environ["Z"])',
      [],
    ],
    ['a comprehension', 'r = [X.from_pretrained(m) for m in ["a", "b"]]', ['a', 'b']],
    ['pairs', 'for n, m in [("x", "a"), ("y", "b")]:\n    X.from_pretrained(m)', ['a', 'b']],
    ['items of a dictionary', 'D = {"x": "a"}\nfor n, m in D.items():\n    X.from_pretrained(m)', ['a']],
    [
      'enumerate and zip',
      'for i, m in enumerate(["a"]):\n    for n, k in zip(["x"], ["b"]):\n        X.from_pretrained(m)\n        X.from_pretrained(k)',
      ['a', 'b'],
    ],
    [
      'records by position',
      'class S:\n    name: str\n    repo: str\nfor s in [S("x", "a"), S("y", repo="b")]:\n    X.from_pretrained(s.repo)',
      ['a', 'b'],
    ],
    [
      'fields that a parser fills',
      'class A:\n    ckpt: str = field(default="a")\ndef f():\n    (model_args,) = parser.parse_args_into_dataclasses()\n    X.from_pretrained(model_args.ckpt)',
      ['a'],
    ],
    ['a choice of a form', 'm = st.sidebar.selectbox("Model", ["a", "b"])\nX.from_pretrained(m)', ['a', 'b']],
    ['names that mean themselves', 'a = b\nb = a\nX.from_pretrained(a)', []],
    ['a recursive function', 'def f(x):\n    return f(x)\nX.from_pretrained(f("a"))', []],
  ])('%s', async (_, code, expected) => {
    expect(
      await valuesIn({ 'main.py': code, 'names.py': 'M = "named"\nmodel = "x"\n' }, [
        env('M', 'from-env'),
        env('P_M', 'from-prefixed-env'),
        key('llm.model_id', 'from-key'),
      ]),
    ).toEqual(expected);
  });

  test('imports: relative, absolute, aliased, through a package', async () => {
    const files = {
      'pkg/__init__.py': 'from .names import A as B',
      'pkg/names.py': 'A = "a"\nmodel = "x"',
      'pkg/sub/main.py':
        'from ..names import A\nfrom pkg import B as C\nimport pkg.names as n\nX.from_pretrained(A)\nX.from_pretrained(C)\nX.from_pretrained(n.A)',
    };
    expect(await valuesIn(files)).toEqual(['a', 'a', 'a']);
  });

  test('a lone module name is not taken from a far folder', async () => {
    const files = { 'other/utils.py': 'M = "far"\nmodel = "x"', 'app/main.py': 'from utils import M\nX.from_pretrained(M)' };
    expect(await valuesIn(files)).toEqual([]);
  });

  test('keys of configuration need their path', async () => {
    const settings = [key('model.name', 'a'), key('owner.name', 'b'), key('embedding_model', 'c')];
    expect(await valuesIn({ 'main.py': 'X.from_pretrained(cfg["model"]["name"])' }, settings)).toEqual(['a']);
    expect(await valuesIn({ 'main.py': 'X.from_pretrained(cfg["name"])' }, settings)).toEqual([]);
    expect(await valuesIn({ 'main.py': 'X.from_pretrained(settings.embedding_model)' }, settings)).toEqual(['c']);
    const same = [key('llm.encoder', 'a'), key('encoder', 'b'), key('x.encoder', 'd')];
    expect(await valuesIn({ 'main.py': 'X.from_pretrained(cfg["llm"]["encoder"])' }, same)).toEqual(['a']);
    expect(await valuesIn({ 'main.py': 'X.from_pretrained(cfg["app"]["encoder"])' }, same)).toEqual(['b']);
    const group: Setting = { name: 'name', value: 'd', scope: 'key', location: { path: 'conf/encoder/small.yaml', line: 1 } };
    expect(await valuesIn({ 'main.py': 'X.from_pretrained(cfg.encoder.name)' }, [group])).toEqual(['d']);
    expect(await valuesIn({ 'main.py': 'X.from_pretrained(cfg.decoder.name)' }, [group])).toEqual([]);
  });

  test('where a value is written is told', async () => {
    const text = 'import transformers\nM = "a"\nX.from_pretrained(M)';
    const { facts } = await codeCrawler.extract({ path: 'main.py', text }, knowledge);
    if (!facts) throw new Error('not parsed');
    const unit = indexUnit('main.py', facts);
    const resolver = {
      program: new Program([unit]),
      options: indexOptions([]),
      settings: indexSettings([]),
      declared: declaredKeys([unit]),
      answers: new Answers<readonly Value[]>(),
    };
    const call = facts.calls.find((fact) => fact.call.args.length > 0);
    const [value] = call ? valuesOf(resolver, call.call.args[0]?.value ?? { kind: 'null' }, unit, call.scope) : [];
    expect(value).toMatchObject({ text: 'a', indirect: true, location: { path: 'main.py', line: 2, column: 5 } });
  });
});

describe('names that stand for themselves', () => {
  test.each([
    ['a list that holds itself', 'L = ["a"]\nL = [L, L, "b"]\nX.from_pretrained(L)', ['a', 'b']],
    ['functions that call each other', 'def f():\n    return g()\ndef g():\n    return f() or "a"\nX.from_pretrained(f())', ['a']],
    ['a name that takes its own member', 'c = {"m": "a"}\nc = c["m"]\nX.from_pretrained(c)', ['a']],
    ['a parameter that is handed on', 'def f(m):\n    f(m)\n    X.from_pretrained(m)\nf("a")', ['a']],
  ])('%s', async (_, code, expected) => {
    expect(await valuesIn({ 'main.py': code })).toEqual(expected);
  });

  test('a circle found inside one question keeps nothing from the next', async () => {
    // The answer to `a` is asked first inside the answer to `b`, where `b` is not whole.
    const code =
      'def b():\n    return a() or "from b"\ndef a():\n    return b() or "from a"\nX.from_pretrained(b())\nX.from_pretrained(a())';
    expect(await valuesIn({ 'main.py': code })).toEqual(['from a', 'from b', 'from a', 'from b']);
  });

  test('a long circle of many ways ends', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const code = names.map((name, index) => `${name} = [n${(index * 7 + 1) % 40}, n${(index * 3 + 2) % 40}, ${name}]`).join('\n');
    expect(await valuesIn({ 'main.py': `${code}\nn39 = "a"\nX.from_pretrained(n39)` })).toEqual(['a']);
  });
});

describe('typescript', () => {
  test.each([
    ['a constant', 'const M = "a";\nx.create(M);', ['a']],
    ['templates', 'const o = "o";\nx.create(`${o}/n`);', ['o/n']],
    ['nullish', 'x.create(process.env.M ?? "a");', ['from-env', 'a']],
    ['objects and their spreads', 'const d = { m: "a" };\nconst e = { ...d };\nx.create(e.m);', ['a']],
    ['destructuring', 'const { m = "b" } = { m: "a" };\nx.create(m);', ['a', 'b']],
    ['a destructured parameter', 'function f({ m = "a" }) {\n  x.create(m);\n}\nf({ m: "b" });\nf();', ['a', 'b']],
    ['an enum', 'enum E { A = "a" }\nx.create(E.A);', ['a']],
    ['a field of a class', 'class C {\n  private m = "a";\n  f() {\n    x.create(this.m);\n  }\n}', ['a']],
    ['an arrow function', 'const f = () => "a";\nx.create(f());', ['a']],
  ])('%s', async (_, code, expected) => {
    expect(await valuesIn({ 'main.ts': code }, [env('M', 'from-env')])).toEqual(expected);
  });

  test('modules: re-exports, defaults, aliases of the root', async () => {
    const files = {
      'src/names.ts': 'export const M = "a";\nexport default { n: "b" };\nconst model = "x";',
      'src/lib/index.ts': 'export { M as N } from "../names";\nexport * from "../names";\nconst model = "x";',
      'src/app/main.ts': 'import { N, M } from "@/lib";\nimport d from "../names";\nx.create(N);\nx.create(M);\nx.create(d.n);',
    };
    expect(await valuesIn(files)).toEqual(['a', 'a', 'b']);
  });
});
