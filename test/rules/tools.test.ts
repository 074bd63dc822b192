// Agents that people write themselves: how a model's words reach a shell or an interpreter of the host.
import { describe, expect, it } from 'vitest';
import { places } from './scan-tree.ts';

const rows = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const found = (tree: Readonly<Record<string, string>>) => places('unsandboxed-tool', tree);
const python = (...lines: readonly string[]) => found({ 'agent.py': rows(...lines) });
const SHELL = ['import subprocess', 'def execute(cmd: str) -> str:', '    return subprocess.run(cmd, shell=True, capture_output=True, text=True).stdout'];
const schema = (name: string, input: string) => `{"type": "function", "function": {"name": "${name}", "parameters": {"type": "object", "properties": {"${input}": {"type": "string"}}}}}`;

describe('unsandboxed-tool of functions that are handed to a model', () => {
  it.each([
    ['Gemini', ['from google import genai', 'from google.genai import types', 'genai.Client().models.generate_content(model="gemini-2.5-pro", contents="x", config=types.GenerateContentConfig(tools=[execute]))']],
    ['Ollama', ['import ollama', 'ollama.chat(model="llama3.1", messages=[], tools=[execute])']],
    ['LangGraph', ['from langchain_openai import ChatOpenAI', 'from langgraph.prebuilt import create_react_agent', 'agent = create_react_agent(ChatOpenAI(model="gpt-5.1"), tools=[execute])']],
    ['bound tools', ['from langchain_openai import ChatOpenAI', 'llm = ChatOpenAI(model="gpt-5.1").bind_tools([execute])']],
    ['a dictionary of tools', ['from openai import OpenAI', `SCHEMAS = [${schema('run_shell', 'cmd')}]`, 'BY_NAME = {"run_shell": execute}']],
    ['a class of one\'s own', ['from openai import OpenAI', 'class Tool:', '    def __init__(self, name, run): self.run = run', 'TOOLS = [Tool("shell", execute)]']],
    ['a registry of one\'s own', ['from openai import OpenAI', 'from registry import registry', 'registry.register_tool("shell", execute)']],
  ])('%s', async (_name, lines) => {
    expect(await python(...SHELL, ...lines)).toEqual(['agent.py:3']);
  });

  it('marks of one\'s own', async () => {
    expect(await python('import os', 'from openai import OpenAI', 'from .registry import tool', '@tool("shell")', 'def shell(command):', '    return os.popen(command).read()')).toEqual(['agent.py:6']);
  });

  it('is not what runs nothing of what it is given', async () => {
    const status = ['import subprocess', 'def status(path: str) -> str:', '    print(path)', '    return subprocess.run("git status", shell=True, capture_output=True).stdout'];
    expect(await python(...status, 'import ollama', 'ollama.chat(model="llama3.1", messages=[], tools=[status])')).toEqual([]);
    expect(await python(...SHELL, 'from openai import OpenAI', 'def build(name):', '    return execute(f"make {name}")', 'OpenAI().chat.completions.create(model="gpt-5.1", messages=[])')).toEqual([]);
    const menu = ['import argparse', 'from openai import OpenAI', 'args = argparse.ArgumentParser().parse_args()', 'execute(args.command)'];
    expect(await python(...SHELL, ...menu)).toEqual([]);
  });
});

describe('unsandboxed-tool of what a model answers', () => {
  const ask = ['import json, re, subprocess', 'from openai import OpenAI', 'client = OpenAI()', 'def ask(prompt):', '    r = client.chat.completions.create(model="gpt-5.1", messages=[{"role": "user", "content": prompt}])', '    return r.choices[0].message.content'];

  it('follows it through functions, patterns and JSON', async () => {
    expect(await python(...ask, 'def solve(question):', '    answer = ask(question)', '    code = re.search(r"```python(.*?)```", answer, re.S).group(1)', '    exec(code, {})')).toEqual(['agent.py:10']);
    expect(await python(...ask, 'def act(question):', '    plan = json.loads(ask(question))', '    subprocess.run(plan["command"], shell=True)')).toEqual(['agent.py:9']);
    expect(await python(...ask, 'def act(question):', '    plan = json.loads(ask(question))', '    print(plan)', '    subprocess.run("make", shell=True)')).toEqual([]);
  });

  it('follows the input of a tool into other functions and files', async () => {
    const tools = `TOOLS = [${schema('execute_code', 'code')}]`;
    const agent = rows('from openai import OpenAI', 'from executor import Executor', tools, 'def handle(executor: Executor, call):', '    return executor.run_code(call["code"])');
    const executor = rows('# runs what the agent wrote', 'import subprocess, sys, tempfile', 'class Executor:', '    def run_code(self, code: str):', '        with tempfile.NamedTemporaryFile("w") as file:', '            file.write(code)', '            return subprocess.run([sys.executable, file.name])');
    expect(await found({ 'agent.py': agent, 'executor.py': executor })).toEqual(['executor.py:7']);
    expect(await python('from openai import OpenAI', 'import subprocess', 'def handle(name, arguments):', '    subprocess.run(arguments.get("command", ""), shell=True)')).toEqual(['agent.py:4']);
  });

  it('knows schemas that a function of one\'s own makes, and handlers of JavaScript', async () => {
    const tools = rows(
      "const { exec } = require('child_process');",
      'const sh = (cmd) => new Promise((done) => exec(cmd, (e, out) => done(out)));',
      "const schema = (name, about, properties) => ({ type: 'function', function: { name, description: about, parameters: { type: 'object', properties } } });",
      "const text = (about) => ({ type: 'string', description: about });",
      "const TOOLS = [schema('run_command', 'Runs a command', { command: text('command') })];",
      'async function runTool(name, given) {',
      '  switch (name) {',
      "    case 'run_command': return given.sure ? sh(String(given.command)) : 'no';",
      "    case 'list': return sh('ls');",
      '  }',
      '}',
      'module.exports = { TOOLS, runTool };',
    );
    expect(await found({ 'tools.js': tools })).toEqual(['tools.js:2']);
    const handlers = rows(
      "import { exec } from 'child_process';",
      'export const handlers = { run_shell: async (args) => new Promise((done) => exec(args.command, (e, out) => done(out))) };',
      "export const schemas = [{ type: 'function', function: { name: 'run_shell', parameters: { type: 'object', properties: { command: { type: 'string' } } } } }];",
    );
    expect(await found({ 'handlers.ts': handlers })).toEqual(['handlers.ts:2']);
    const promised = rows("import { tool } from 'ai';", "import { exec } from 'node:child_process';", "import { promisify } from 'node:util';", 'const run = promisify(exec);', 'export const shell = tool({ inputSchema: schema, execute: async ({ command }) => {', '  const { stdout } = await run(command);', '  return stdout;', '} });');
    expect(await found({ 'shell.ts': promised })).toEqual(['shell.ts:6']);
  });
});

describe('unsandboxed-tool and what a program decides itself', () => {
  const tool = ['import os, subprocess, sys', 'from pathlib import Path', 'from langchain_core.tools import tool'];
  const body = (...lines: readonly string[]) => [...tool, ...lines.slice(0, -1), '@tool', 'def act(action: str) -> str:', '    "Acts."', ...(lines.at(-1) ?? '').split('\n').map((line) => `    ${line}`)];

  it.each([
    ['a table', ['COMMANDS = {"status": ["git", "status"], "log": "git log"}', 'return subprocess.run(COMMANDS[action]).stdout']],
    ['a table that is asked with a default', ['COMMANDS = {"status": "git status"}', 'command = COMMANDS.get(action, "git log")\nreturn subprocess.run(command, shell=True).stdout']],
    ['a setting', ['BUILD = os.environ.get("BUILD", "make")', 'return subprocess.run(BUILD, shell=True).stdout']],
    ['a script beside it', ['SCRIPT = Path(__file__).parent / "train.py"', 'return subprocess.run([sys.executable, str(SCRIPT)]).stdout']],
    ['what goes to the input of a program', ['return subprocess.run(["black", "-"], input=action).stdout']],
    ['where it runs', ['return subprocess.run(["git", "status"], cwd=action).stdout']],
  ])('is silent on %s', async (_name, lines) => {
    expect(await python(...body(...lines))).toEqual([]);
  });

  it.each([
    ['a table that the tool fills', ['COMMANDS = {"status": "git status"}', 'return subprocess.run(COMMANDS.get(action, action), shell=True).stdout'], 8],
    ['a table of others', ['from commands import COMMANDS', 'return subprocess.run(COMMANDS["run"] + action, shell=True).stdout'], 8],
    ['a part of the command', ['BUILD = os.environ.get("BUILD", "make")', 'return subprocess.run(f"{BUILD} {action}", shell=True).stdout'], 8],
    ['a split', ['import shlex', 'return subprocess.run(shlex.split(action)).stdout'], 8],
  ])('finds %s', async (_name, lines, line) => {
    expect(await python(...body(...lines))).toEqual([`agent.py:${line}`]);
  });

  it('is silent on the other functions of a file, and finds those that its tool calls', async () => {
    const file = (last: string) => rows("import { tool } from 'ai';", "import { execSync } from 'node:child_process';", 'function build(command: string) {', '  return execSync(command).toString();', '}', last);
    expect(await found({ 'a.ts': file('export const now = tool({ inputSchema: schema, execute: async ({ zone }) => new Date().toLocaleString(zone) });') })).toEqual([]);
    expect(await found({ 'a.ts': file('export const run = tool({ inputSchema: schema, execute: async ({ command }) => build(command) });') })).toEqual(['a.ts:4']);
  });
});

describe('unsandboxed-tool in other words', () => {
  it.each([
    ['Gemini\'s older client', ['import google.generativeai as genai', 'model = genai.GenerativeModel("gemini-3-pro")', 'def go(q):', '    os.system(model.generate_content(q).text)'], 5],
    ['a chain', ['from langchain_openai import ChatOpenAI', 'def go(prompt, parser, q):', '    chain = prompt | ChatOpenAI(model="gpt-5.1") | parser', '    exec(chain.invoke({"q": q}))'], 5],
  ])('%s', async (_name, lines, line) => {
    expect(await python('import os', ...lines)).toEqual([`agent.py:${line}`]);
  });

  it('text of the AI SDK, and functions that are made of text', async () => {
    const text = rows("import { generateText } from 'ai';", "import { openai } from '@ai-sdk/openai';", "import { exec } from 'child_process';", 'async function go(prompt: string) {', "  const { text } = await generateText({ model: openai('gpt-5.1'), prompt });", '  exec(text);', '}');
    expect(await found({ 'a.ts': text })).toEqual(['a.ts:6']);
    const made = rows("import { tool } from 'ai';", 'export const sum = tool({ inputSchema: schema, execute: async ({ expression }) => {', "  return new Function('return ' + expression)();", '} });');
    expect(await found({ 'a.ts': made })).toEqual(['a.ts:3']);
    expect(await found({ 'a.ts': made.replace('expression)()', "'1')()") })).toEqual([]);
  });

  it('schemas and arguments of Go, whose fields begin with a capital', async () => {
    const agent = rows(
      'package main',
      'import ("encoding/json"; "os/exec"; "github.com/sashabaranov/go-openai/jsonschema"; openai "github.com/sashabaranov/go-openai")',
      'var tools = []openai.Tool{{Function: &openai.FunctionDefinition{Name: "run", Parameters: jsonschema.Definition{Properties: map[string]jsonschema.Definition{"command": {Type: jsonschema.String}}}}}}',
      'func handle(call openai.ToolCall) {',
      '\tvar args struct{ Command string }',
      '\tjson.Unmarshal([]byte(call.Function.Arguments), &args)',
      '\texec.Command("sh", "-c", args.Command).Output()',
      '\texec.Command("sh", "-c", "ls").Output()',
      '}',
    );
    expect(await found({ 'agent.go': agent })).toEqual(['agent.go:7']);
  });

  it('names of the JVM that need no import, beside imports of whole packages and in classes that extend others', async () => {
    const java = rows('import dev.langchain4j.agent.tool.Tool;', 'import java.io.*;', 'class Shell {', '  @Tool("runs") String run(String command) throws IOException {', '    return text(new ProcessBuilder("sh", "-c", command).start());', '  }', '}');
    expect(await found({ 'Shell.java': java })).toEqual(['Shell.java:5']);
    const kotlin = rows('import ai.koog.agents.core.tools.annotations.Tool', 'import ai.koog.agents.core.tools.reflect.ToolSet', 'class Shell : ToolSet {', '  @Tool', '  fun run(command: String): String {', '    return ProcessBuilder("sh", "-c", command).start().text()', '  }', '}');
    expect(await found({ 'Shell.kt': kotlin })).toEqual(['Shell.kt:6']);
  });
});

describe('unsandboxed-tool across files and languages', () => {
  it('follows a command into a helper that says nothing of AI', async () => {
    const server = rows("import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';", "import { runCommand } from './run.js';", "const server = new McpServer({ name: 'x', version: '1' });", "server.tool('run', { cmd: text }, async ({ cmd }) => ({ content: [{ type: 'text', text: await runCommand(cmd) }] }));");
    const run = rows("import { execSync } from 'child_process';", 'export async function runCommand(command: string): Promise<string> {', "  return execSync(command, { encoding: 'utf8' });", '}');
    expect(await found({ 'server.ts': server, 'run.ts': run })).toEqual(['run.ts:3']);
    expect(await found({ 'server.ts': server.replace('await runCommand(cmd)', 'cmd'), 'run.ts': run })).toEqual([]);
  });

  it('reads commands in templates, whose holes are words', async () => {
    const file = (module: string, command: string) => rows("import { tool } from 'ai';", `import { $ } from '${module}';`, 'export const shell = tool({ inputSchema: schema, execute: async ({ command }) => {', `  return (await $\`${command}\`).stdout;`, '} });');
    for (const module of ['zx', 'bun', 'execa']) {
      expect(await found({ 'a.ts': file(module, 'bash -c ${command}') })).toEqual(['a.ts:4']);
      expect(await found({ 'a.ts': file(module, 'git status') })).toEqual([]);
    }
  });

  it('knows Ruby and PHP, with their backticks', async () => {
    const ruby = (run: string) => rows('require "ruby_llm"', 'class Shell < RubyLLM::Tool', '  param :command', '  def execute(command:)', `    ${run}`, '  end', 'end');
    for (const run of ['system(command)', '`#{command}`', 'Open3.capture2(command)', 'IO.popen("ls #{command}").read']) expect(await found({ 'shell.rb': ruby(run) })).toEqual(['shell.rb:5']);
    for (const run of ['`git status`', 'store.system(command)', 'puts command']) expect(await found({ 'shell.rb': ruby(run) })).toEqual([]);
    const answer = rows('require "openai"', 'def go', '  client = OpenAI::Client.new', '  r = client.chat(parameters: { model: "gpt-5.1", messages: [] })', '  cmd = r.dig("choices", 0, "message", "content")', '  puts `#{cmd}`', 'end');
    expect(await found({ 'go.rb': answer })).toEqual(['go.rb:6']);
    const php = (run: string) => rows('<?php', 'use NeuronAI\\Tools\\Tool;', 'class Shell extends Tool {', `  public function __invoke(string $command): string { return ${run}; }`, '}');
    for (const run of ['shell_exec($command)', '`$command`', 'exec("ls {$command}")']) expect(await found({ 'Shell.php': php(run) })).toEqual(['Shell.php:4']);
    for (const run of ["shell_exec('ls')", '$this->db->exec($command)', '`ls`']) expect(await found({ 'Shell.php': php(run) })).toEqual([]);
  });
});

describe('unsandboxed-tool of an interpreter that is kept', () => {
  const repl = (start: string) => rows("import { spawn } from 'node:child_process';", 'const HARNESS = `for line in sys.stdin: exec(line)`;', 'class PythonRepl {', '  private start() {', `    this.proc = ${start};`, '  }', '  run(code: string) {', '    this.start();', '    this.proc.stdin.write(code);', '  }', '}', 'export const repl = new PythonRepl();');
  const tool = rows("import { createTool } from '@mastra/core/tools';", "import { repl } from './repl';", 'export const runPython = createTool({', "  id: 'run-python',", '  execute: async ({ code }) => repl.run(code),', '});');
  const mastra = (start: string) => found({ 'src/repl.ts': repl(start), 'src/tool.ts': tool });

  it('is where the class starts it', async () => {
    expect(await mastra("spawn('python3', ['-u', '-c', HARNESS])")).toEqual(['src/repl.ts:5']);
    expect(await mastra("spawn('bash', ['-i'])")).toEqual(['src/repl.ts:5']);
  });

  it('is not a program of its own, or a command that is written out', async () => {
    expect(await mastra("spawn('python3', ['worker.py'])")).toEqual([]);
    expect(await mastra("spawn('python3', ['-c', 'print(1)'])")).toEqual([]);
    expect(await mastra("spawn('ffmpeg', ['-i', 'in.mp4'])")).toEqual([]);
  });

  it('is found in Python', async () => {
    const session = ['import subprocess', 'class Session:', '    def start(self):', '        self.proc = subprocess.Popen(["/bin/bash"], stdin=subprocess.PIPE, text=True)', '    def run(self, command):', '        self.proc.stdin.write(command)'];
    const use = ['from langchain_core.tools import tool', 'session = Session()', '@tool', 'def bash(command: str) -> str:', '    return session.run(command)'];
    expect(await python(...session, ...use)).toEqual(['agent.py:4']);
  });
});

describe('unsandboxed-tool of functions that stand in the call that offers them', () => {
  const sdk = ['import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";', 'const server = new McpServer({ name: "git", version: "1.0.0" });'];
  it.each([
    ['a command in a variable', ['server.tool("clone", { url: z.string() }, async ({ url }) => {', '  const { execSync } = await import("child_process");', '  const command = `git clone ${url}`;', '  return execSync(command);', '});'], ['agent.ts:6']],
    ['a command of the program', ['server.tool("status", {}, async ({ url }) => {', '  const { execSync } = await import("child_process");', '  const command = `git -C ${process.cwd()} status`;', '  console.log(url);', '  return execSync(command);', '});'], []],
  ])('TypeScript: %s', async (_name, lines, wanted) => {
    expect(await found({ 'agent.ts': rows(...sdk, ...lines) })).toEqual(wanted);
  });

  it('looks into each tool of a handler of requests', async () => {
    const server = rows(
      'import { Server } from "@modelcontextprotocol/sdk/server/index.js";',
      'import { CallToolRequestSchema } from "@modelcontextprotocol/sdk/types.js";',
      'import { execSync } from "child_process";',
      'class Git {',
      '  server = new Server({ name: "git", version: "1" }, { capabilities: { tools: {} } });',
      '  constructor() {',
      '    this.server.setRequestHandler(CallToolRequestSchema, async (request) => {',
      '      switch (request.params.name) {',
      '        case "log": return this.log(request.params.arguments);',
      '        case "grep": return await this.grep(request.params.arguments);',
      '      }',
      '    });',
      '  }',
      '  log(args) { return execSync(`git log ${args.range}`); }',
      '  grep({ pattern }) { return execSync("grep -r " + pattern); }',
      '}',
    );
    expect(await found({ 'server.ts': server })).toEqual(['server.ts:14', 'server.ts:15']);
  });

  it('Python: a lambda, and builtins that are taken away', async () => {
    const lines = ['from langchain_core.tools import Tool', 'def run(code: str) -> str:', '    exec(code, {"__builtins__": {}})', 'tool = Tool(name="python", description="x", func=lambda code: run(code))'];
    expect(await python(...lines)).toEqual(['agent.py:3']);
    expect(await python(lines[0] ?? '', 'def run(code: str) -> str:', '    exec(code)', 'tool = Tool(name="python", description="x", func=lambda code: len(code))')).toEqual([]);
  });

  it('Go: what the request gives', async () => {
    const server = rows('package main', 'import (', '\t"os/exec"', '\t"github.com/mark3labs/mcp-go/mcp"', '\t"github.com/mark3labs/mcp-go/server"', ')', 'func main() {', '\ts := server.NewMCPServer("x", "1")', '\ts.AddTool(mcp.NewTool("tf"), func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {', '\t\top := request.GetString("operation", "")', '\t\tout, _ := exec.Command("sh", "-c", "terraform "+op).Output()', '\t\treturn mcp.NewToolResultText(string(out)), nil', '\t})', '}');
    expect(await found({ 'main.go': server })).toEqual(['main.go:11']);
  });

  it('handlers that a program of one\'s own finds by the name of the tool', async () => {
    const program = (name: string) => rows('import OpenAI from "openai";', 'import { execSync } from "child_process";', 'const gitTool = (operation) => execSync(`git branch ${operation.branch}`);', 'async function handleGitTool(parameters) { return gitTool({ branch: parameters.branch }); }', 'async function handleTimeTool(parameters) { return 1; }', 'app.post("/call", async (req, res) => {', `  const { ${name}, parameters } = req.body;`, "  let time;", `  switch (${name}) {`, "    case \"time\": time = await handleTimeTool(parameters); break;", "  }", '  const answer = await handleGitTool(parameters);', '  res.json([answer, time]);', '});');
    expect(await found({ 'app.ts': program('tool_name') })).toEqual(['app.ts:3']);
    expect(await found({ 'app.ts': program('job') })).toEqual([]);
  });
});
